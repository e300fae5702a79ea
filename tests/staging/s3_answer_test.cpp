#include "staging/s3_answer.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::staging {
namespace {

using testing::HasSubstr;

TEST(listed_page, reads_keys_as_they_are_meant) {
  const ListedPage page = listed_page(
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken>"
      "<Contents><Key>x/a%20%26.csv</Key><ETag>&quot;0f&quot;</ETag><Size>12</Size></Contents>"
      "<Contents><Key>y</Key><ETag>&#34;1&#34;</ETag><Size>0</Size></Contents></ListBucketResult>");
  ASSERT_EQ(page.objects.size(), 2U);
  EXPECT_EQ(page.objects[0].key, "x/a &.csv");
  EXPECT_EQ(page.objects[0].etag, "\"0f\"");
  EXPECT_EQ(page.objects[0].n_bytes, 12U);
  EXPECT_EQ(page.objects[1].etag, "\"1\"");
  EXPECT_EQ(page.next, "a&b");
}

Response failure(long status, const std::string& code) {
  return {.status = status,
          .headers = {{"date", "Sun, 29 Nov 2026 12:00:00 GMT"}},
          .body = "<Error><Code>" + code + "</Code><Message>theirs</Message></Error>"};
}

std::string words_of(long status, const std::string& code) {
  const Asked asked{.address = "s3://acme/x.csv",
                    .bucket = "acme",
                    .action = "s3:GetObject",
                    .source = "the environment",
                    .time = *http_time("Sun, 29 Nov 2026 12:20:00 GMT")};
  try {
    refuse(asked, failure(status, code));
  } catch (const core::UserError& error) {
    return std::string("2 ") + error.what();
  } catch (const core::RunError& error) {
    return std::string("1 ") + error.what();
  }
}

TEST(refuse, says_in_words_what_is_wrong_and_who_can_change_it) {
  EXPECT_THAT(words_of(404, "NoSuchBucket"), HasSubstr("2 s3://acme/x.csv: there is no bucket 'acme'"));
  EXPECT_THAT(words_of(403, "AccessDenied"), HasSubstr("lack the permission s3:GetObject"));
  EXPECT_THAT(words_of(400, "ExpiredToken"),
              HasSubstr("1 s3://acme/x.csv: the credentials of the environment have expired"));
  EXPECT_THAT(words_of(403, "RequestTimeTooSkewed"), HasSubstr("the clock of this machine is 20 minutes fast"));
  EXPECT_THAT(words_of(403, "SignatureDoesNotMatch"), HasSubstr("secret key"));
  EXPECT_THAT(words_of(503, "SlowDown"), HasSubstr("1 s3://acme/x.csv: the server answers 503 SlowDown: theirs"));
}

TEST(wanted_region, is_a_hint_of_an_answer_that_is_none) {
  EXPECT_EQ(wanted_region({.status = 400, .body = "<Error><Region>eu-west-1</Region></Error>"}), "eu-west-1");
  EXPECT_EQ(wanted_region({.status = 301, .headers = {{"x-amz-bucket-region", "eu-central-1"}}}), "eu-central-1");
  EXPECT_EQ(wanted_region({.status = 200, .headers = {{"x-amz-bucket-region", "eu-central-1"}}}), std::nullopt);
}

}  // namespace
}  // namespace gridmill::staging
