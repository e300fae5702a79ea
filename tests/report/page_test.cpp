#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/page.hpp"

namespace gridmill::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string data_of(const std::string& html) {
  const std::string mark = "id=\"data\">";
  const std::size_t begin = html.find(mark) + mark.size();
  return html.substr(begin, html.find("</script>", begin) - begin);
}

TEST(Page, HoldsItsContentAsJson) {
  const core::Value content = core::ValueMapping{{"n", 3}, {"score", 0.1}, {"missing", std::numeric_limits<double>::quiet_NaN()}};
  const auto data = nlohmann::json::parse(data_of(page("a run", content)));
  EXPECT_EQ(data["n"], 3);
  EXPECT_EQ(data["score"], 0.1);
  EXPECT_TRUE(data["missing"].is_null());
}

TEST(Page, LetsNoContentEndItsBlock) {
  const std::string hostile = "</script><script>alert(1)</script><!-- & @script@";
  const std::string html = page("<b>&", core::ValueMapping{{hostile, hostile}});
  EXPECT_EQ(nlohmann::json::parse(data_of(html))[hostile], hostile);
  EXPECT_THAT(html, Not(HasSubstr("alert(1)</script>")));
  EXPECT_THAT(html, HasSubstr("<title>&lt;b&gt;&amp;</title>"));
}

TEST(Page, KeepsBytesThatAreNoUtf8FromBreakingIt) {
  EXPECT_NO_THROW(nlohmann::json::parse(data_of(page("x", core::ValueList{core::Value(std::string("\xff\xfe"))}))));
}

TEST(Page, AsksForNothingElse) {
  const std::string html = page("x", core::Value());
  EXPECT_THAT(html, Not(HasSubstr("src=\"http")));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_LT(html.size(), 700000U);
}

}  // namespace
}  // namespace gridmill::report
