// SPDX-License-Identifier: Apache-2.0
#include "probes/capture.h"

#include "probes/escape.h"
#include "probes/variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string as_it_is(std::string_view text) {
  return std::string(text);
}

std::expected<std::string, CaptureTrouble> capture_of(const Capture& place,
                                                      std::string_view text,
                                                      std::vector<Header> headers = {}) {
  Spec spec;
  const HttpReply http{
      .status = 200, .version = "1.1", .headers = std::move(headers), .body = std::string(text)};
  const auto url = parse_url("https://www.hartley.example/basket").value();
  return capture(place, http, read_body(spec, http, url, {}, true));
}
std::string trouble_of(const Capture& place, std::string_view text) {
  const auto value = capture_of(place, text);
  return value ? "captured " + *value : value.error().why;
}

constexpr auto kField = Capture::From::field;
constexpr auto kJson = Capture::From::json;
constexpr auto kBetween = Capture::From::between;

TEST(Variables, AreNamesInBracesAndNothingElse) {
  EXPECT_THAT(variables_in("/a/{id}/b?c={_tok3n}{id}"), ElementsAre("id", "_tok3n", "id"));
  EXPECT_THAT(variables_in(R"({"sku":"{sku}","n":{}, "query":"{ basket { id } }", "x": { y }})"),
              ElementsAre("sku"));
  EXPECT_THAT(variables_in("${HOME} {1} {a-b} {} { a } {a"), IsEmpty());
  EXPECT_THAT(variables_in("{" + std::string(kVariableNameMax + 1, 'a') + "}"), IsEmpty());
  EXPECT_THAT(variables_in("{{id}}"), ElementsAre("id"));
}

TEST(Variables, AreFilledInAsThePlaceWantsThem) {
  const Variables values{{"id", "a b/\"&=é"}, {"loop", "{id}{loop}"}};
  EXPECT_EQ(fill_in("/x/{id}?y={id}", values, percent_encode),
            "/x/a%20b%2F%22%26%3D%C3%A9?y=a%20b%2F%22%26%3D%C3%A9");
  EXPECT_EQ(fill_in(R"({"id":"{id}"})", values, escape_json), R"({"id":"a b/\"&=é"})");
  EXPECT_EQ(fill_in("Bearer {id}", values, as_it_is), "Bearer a b/\"&=é");
  EXPECT_EQ(fill_in("{loop}", values, as_it_is), "{id}{loop}") << "a value is no text to fill in";
  EXPECT_EQ(fill_in("{other} {", values, as_it_is), "{other} {");
}

TEST(Capture, TakesAFieldsValueDecoded) {
  constexpr std::string_view kForm =
      "<form><input type=text name=q><input type=hidden name=csrf value='a&amp;b='></form>"
      "<form><input type=hidden name=csrf value=second></form>";
  const Capture place{.name = "token", .from = kField, .what = "csrf"};
  EXPECT_EQ(capture_of(place, kForm), "a&b=");
  EXPECT_EQ(trouble_of(place, "<p>no form</p>"), "without the form field \"csrf\", which is token");
  EXPECT_EQ(trouble_of(place, R"({"csrf":"json"})"),
            "without the form field \"csrf\", which is token");
  EXPECT_EQ(trouble_of({.name = "q", .from = kField, .what = "q"}, kForm),
            "the form field \"q\" is empty");
}

TEST(Capture, TakesAValueOfJson) {
  constexpr std::string_view kBasket =
      R"({"basket":{"id":"b-\u0031","lines":[{"sku":7}]},"note":null,"list":[]})";
  EXPECT_EQ(capture_of({.name = "id", .from = kJson, .what = "basket.id"}, kBasket), "b-1");
  EXPECT_EQ(capture_of({.name = "sku", .from = kJson, .what = "basket.lines.0.sku"}, kBasket), "7");
  for (const std::string_view path : {"note", "basket", "list", "basket.lines.1.sku", ""}) {
    const auto none = capture_of({.name = "id", .from = kJson, .what = std::string(path)}, kBasket);
    ASSERT_FALSE(none) << path;
    EXPECT_EQ(none.error().outcome, Outcome::json_mismatch);
  }
  const auto page =
      capture_of({.name = "id", .from = kJson, .what = "basket.id"}, "<html><p>Sorry</p></html>");
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().outcome, Outcome::json_mismatch);
  EXPECT_EQ(page.error().why, "not JSON, which holds id");
}

TEST(Capture, TakesAHeader) {
  const Capture place{.name = "token", .from = Capture::From::header, .what = "X-CSRF-Token"};
  EXPECT_EQ(capture_of(place, "", {{.name = "x-csrf-token", .value = "t1"}}), "t1");
  EXPECT_FALSE(capture_of(place, "", {{.name = "x-csrf-token", .value = ""}}));
  EXPECT_FALSE(capture_of(place, ""));
}

TEST(Capture, TakesWhatStandsBetweenTwoTexts) {
  const Capture place{.name = "token", .from = kBetween, .what = "token: '", .end = "'"};
  EXPECT_EQ(capture_of(place, "<script>x({token: 'abc', other: 'd'})</script>"), "abc");
  EXPECT_EQ(trouble_of(place, "token: 'never ends"),
            "without the text between \"token: '\" and \"'\", which is token");
  EXPECT_EQ(trouble_of(place, "token: ''"), "the text between \"token: '\" and \"'\" is empty");
  EXPECT_EQ(trouble_of(place, "tok"),
            "without the text between \"token: '\" and \"'\", which is token");
}

TEST(Capture, IsBounded) {
  const Capture place{.name = "token", .from = kBetween, .what = "<", .end = ">>"};
  const std::string most(kCapturedBytesMax, 'x');
  EXPECT_EQ(capture_of(place, "<" + most + ">>"), most);
  const std::string longer = "the text between \"<\" and \">>\" is longer than 1 KiB";
  EXPECT_EQ(trouble_of(place, "<" + most + "x>>"), longer);
  EXPECT_EQ(trouble_of(place, "<" + most + std::string(100'000, 'x')), longer);
  EXPECT_THAT(trouble_of({.name = "id", .from = kJson, .what = "id"}, "{\"id\":\"" + most + "x\"}"),
              HasSubstr("longer than 1 KiB"));
}

TEST(Capture, BreaksOutOfNoHeader) {
  EXPECT_EQ(capture_of({.name = "id", .from = kJson, .what = "id"}, R"({"id":"a\r\nX-Evil: 1"})"),
            "a X-Evil: 1");
  EXPECT_THAT(
      trouble_of({.name = "id", .from = kField, .what = "id"}, "<input name=id value='a&#10;b'>"),
      HasSubstr("holds control characters"));
  EXPECT_THAT(trouble_of({.name = "id", .from = kBetween, .what = "<", .end = ">"}, "<a\nb>"),
              HasSubstr("holds control characters"));
}

}  // namespace
}  // namespace bw
