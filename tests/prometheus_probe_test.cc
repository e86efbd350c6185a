// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "tests/support/sensor_talk.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

Spec failures() {
  Spec spec;
  spec.kind = "prometheus";
  spec.url = "https://prometheus.shop.example/";
  spec.query = "sum(rate(failed[5m])) / 2";
  spec.means = "login_failures";
  return spec;
}

Finding read(const Spec& spec, const std::string& body) {
  return test::talk(
             kinds::prometheus, spec, Time{}, [&](const Ask&) { return test::answered(body); })
      .finding;
}

std::string vector(const std::string& result) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + result + "]}}";
}

TEST(PrometheusProbe, AsksTheQuery) {
  Look look;
  EXPECT_EQ(test::url_of(kinds::prometheus.begin(failures(), look)),
            "https://prometheus.shop.example/api/v1/query?query="
            "sum%28rate%28failed%5B5m%5D%29%29%20%2F%202");
}

TEST(PrometheusProbe, ReadsOneNumberToTwoDigits) {
  const auto finding =
      read(failures(), vector(R"({"metric":{},"value":[1435781451.781,"0.03249"]})"));
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::series_value), "0.032");
  EXPECT_EQ(finding.facts.get(Fact::series_means), "login_failures");
  EXPECT_EQ(finding.facts.get(Fact::series_normal), "");
  auto spec = failures();
  spec.normal = 0.03;
  const auto scalar =
      read(spec, R"({"status":"success","data":{"resultType":"scalar","result":[1,"123456"]}})");
  EXPECT_EQ(scalar.facts.get(Fact::series_value), "1.2e+05");
  EXPECT_EQ(scalar.facts.get(Fact::series_normal), "0.03");
}

TEST(PrometheusProbe, SaysWhatIsWrongWithTheQuery) {
  EXPECT_EQ(read(failures(), vector("")).outcome, Outcome::content_missing);
  const auto two = read(failures(), vector(R"({"value":[1,"1"]},{"value":[1,"2"]})"));
  EXPECT_EQ(two.outcome, Outcome::json_mismatch);
  EXPECT_NE(two.note.find("2 series"), std::string::npos);
}

TEST(PrometheusProbe, NothingDividedByNothingIsNoNumberAndNoFailure) {
  const auto finding = read(failures(), vector(R"({"value":[1,"NaN"]})"));
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::series_value), "");
}

TEST(PrometheusProbe, TakesNoOtherDocumentForAnAnswer) {
  for (const std::string& body :
       {std::string(),
        std::string("{}"),
        std::string("[]"),
        std::string(R"({"status":"error"})"),
        std::string(R"({"status":"success","data":{"resultType":"matrix","result":[]}})"),
        vector("7"),
        vector(R"({"value":[1,2]})"),
        vector(R"({"value":[1,"2x"]})"),
        vector(R"({"value":"1"})"),
        vector(R"({"value":[1,"1e999"]})")}) {
    EXPECT_EQ(read(failures(), body).outcome, Outcome::json_mismatch) << body;
  }
}

}  // namespace
}  // namespace bw
