#include "staging/signature.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "staging/digest.hpp"

namespace gridmill::staging {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

// The examples of "Authenticating Requests: Using the Authorization Header" in the Amazon S3 API reference.
const Credentials kExample{.access_key = "AKIAIOSFODNN7EXAMPLE",
                           .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
constexpr const char* kHost = "examplebucket.s3.amazonaws.com";
constexpr std::int64_t kTime = 1369353600;  // 2013-05-24T00:00:00Z

std::string authorization(const Signable& request, const Credentials& credentials = kExample) {
  for (const auto& [name, value] : signed_headers(request, credentials, "us-east-1", kTime)) {
    if (name == "Authorization") return value;
  }
  return {};
}

TEST(signed_headers, are_those_of_the_published_examples) {
  EXPECT_EQ(authorization({"GET", kHost, "/test.txt", {}, {{"Range", "bytes=0-9"}}, sha256("")}),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_THAT(authorization({"PUT",
                             kHost,
                             encoded_path("/test$file.text"),
                             {},
                             {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                             sha256("Welcome to Amazon S3.")}),
              EndsWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
  EXPECT_THAT(authorization({"GET", kHost, "/", {{"lifecycle", ""}}, {}, sha256("")}),
              EndsWith("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
  EXPECT_THAT(authorization({"GET", kHost, "/", {{"prefix", "J"}, {"max-keys", "2"}}, {}, sha256("")}),
              EndsWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(signed_headers, hold_the_token_of_a_role_and_sign_it) {
  Credentials role = kExample;
  role.session_token = "a-token";
  const Headers headers = signed_headers({"GET", kHost, "/x", {}, {}, sha256("")}, role, "us-east-1", kTime);
  EXPECT_THAT(headers, testing::Contains(testing::Pair("x-amz-security-token", "a-token")));
  EXPECT_THAT(authorization({"GET", kHost, "/x", {}, {}, sha256("")}, role),
              HasSubstr("x-amz-date;x-amz-security-token"));
}

TEST(encoding, keeps_slashes_of_paths_only) {
  EXPECT_EQ(encoded_path("/a b/ü+~"), "/a%20b/%C3%BC%2B~");
  EXPECT_EQ(encoded_query("a/b=c"), "a%2Fb%3Dc");
  EXPECT_EQ(query_text({{"b", "2"}, {"a", ""}, {"a-b", "x y"}}), "a=&a-b=x%20y&b=2");
}

}  // namespace
}  // namespace gridmill::staging
