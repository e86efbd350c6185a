// SPDX-License-Identifier: Apache-2.0
#include "tests/support/theatre.h"

#include "daemon/verdict/fusion.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bw::test {
namespace {

// A Monday morning.
constexpr Time kStart{std::chrono::sys_days{std::chrono::year{2025} / 3 / 3} +
                      std::chrono::hours{9}};

Target target(std::string id,
              std::string kind,
              std::string function,
              std::string host,
              std::vector<std::string> needs) {
  Target one;
  one.id = std::move(id);
  one.kind = std::move(kind);
  one.function = std::move(function);
  one.host = std::move(host);
  one.needs = std::move(needs);
  return one;
}

Target on(Surface surface, Target one) {
  one.surface = surface;
  return one;
}

Target owned(std::string owner, Role role, Target one) {
  one.owner = std::move(owner);
  one.role = role;
  return one;
}

Target sensor(std::string id, std::string kind, std::string host) {
  auto one = target(std::move(id), std::move(kind), "", std::move(host), {});
  one.role = Role::sensor;
  one.surface = Surface::other;
  return one;
}

// What a sensor tells on a good day.
Facts sensed(const Target& target) {
  Facts facts;
  if (target.kind == "rdap") {
    facts.set(Fact::registrar, "Anvil Registry Services");
    facts.set(Fact::registry_status, "client-transfer-prohibited server-transfer-prohibited");
    facts.set(Fact::registry_unlocked, "delete update");
    facts.set(Fact::delegation, "ns1.zone-house.example ns2.zone-house.example");
    facts.set(Fact::delegation_signed, "yes");
    facts.set(Fact::registry_expires, "2027-01-01T00:00:00Z");
  } else if (target.kind == "ct") {
    facts.set(Fact::logged_issuers, "Good_CA");
    facts.set(Fact::issuances, "Good_CA|2025-02-01T00:00:00Z|www.shop.example");
  } else if (target.kind == "route") {
    const bool is_www = target.host == "www.shop.example";
    facts.set(Fact::routes, is_www ? "198.51.100.0/24=AS64500" : "192.0.2.0/24=AS64510");
    facts.set(Fact::route_states,
              is_www ? "198.51.100.0/24=AS64500=valid" : "192.0.2.0/24=AS64510=valid");
    facts.set(Fact::route_holders, is_www ? "AS64500=SHOP" : "AS64510=EDGE");
  } else {
    facts.set(Fact::series_value, "0.03");
    facts.set(Fact::series_means, "login_failures");
  }
  return facts;
}

Provider provider(std::string id,
                  std::string name,
                  std::string role,
                  std::vector<std::string> needs = {}) {
  Provider one;
  one.id = std::move(id);
  one.name = std::move(name);
  one.role = std::move(role);
  one.needs = std::move(needs);
  one.has_feed = true;
  return one;
}

}  // namespace

Estate shop() {
  Estate estate;
  estate.organisation = "Corner Shop";
  estate.domain = "shop.example";
  estate.has_calendar = true;
  estate.functions = {{.id = "browse", .title = "Browsing the website"},
                      {.id = "checkout", .title = "Online checkout"},
                      {.id = "app", .title = "The app"},
                      {.id = "collect", .title = "Click & Collect"},
                      {.id = "gift", .title = "Gift cards"},
                      {.id = "pos", .title = "Card payments in stores"},
                      {.id = "login", .title = "Signing in"},
                      {.id = "staff", .title = "Staff access"}};
  estate.providers = {provider("platform", "Platform Inc", "platform", {"cloud"}),
                      provider("cloud", "Big Cloud", "cloud"),
                      provider("pay", "Pay Ltd", "payments"),
                      provider("cdn", "Edge Net", "cdn")};
  estate.vantages = {{.id = "here", .network = "AS64700"}};
  auto checkout =
      target("checkout", "page", "checkout", "www.shop.example", {"cdn", "platform", "pay"});
  checkout.is_sensitive = true;
  auto signin = target("signin", "login", "login", "www.shop.example", {"cdn"});
  signin.is_sensitive = true;
  estate.targets = {
      target("home", "page", "browse", "www.shop.example", {"cdn"}),
      target("product", "page", "browse", "www.shop.example", {"cdn", "platform"}),
      checkout,
      signin,
      on(Surface::app, target("app-home", "api", "app", "api.shop.example", {"cdn"})),
      on(Surface::app,
         target("app-basket", "api", "checkout", "api.shop.example", {"cdn", "platform"})),
      on(Surface::app,
         target("app-collect", "api", "collect", "api.shop.example", {"cdn", "platform"})),
      on(Surface::store, target("store-collect", "api", "collect", "stores.shop.example", {})),
      on(Surface::store, target("store-gift", "api", "gift", "stores.shop.example", {})),
      on(Surface::store, target("store-pos", "api", "pos", "stores.shop.example", {"pay"})),
      on(Surface::staff, target("vpn", "page", "staff", "vpn.shop.example", {})),
      owned("platform",
            Role::provider,
            target("platform-health", "api", "", "api.platform.example", {})),
      owned("cloud", Role::provider, target("cloud-health", "api", "", "api.cloud.example", {})),
      owned("pay", Role::provider, target("pay-health", "api", "", "api.pay.example", {})),
      owned("other",
            Role::neighbour,
            target("neighbour", "page", "", "www.neighbour.example", {"cdn"})),
      sensor("registry", "rdap", "shop.example"),
      sensor("log", "ct", "shop.example"),
      sensor("route-www", "route", "www.shop.example"),
      sensor("route-api", "route", "api.shop.example"),
      sensor("login-failures", "prometheus", "prometheus.shop.example"),
      owned("pay", Role::sensor, target("pay-registry", "rdap", "", "pay.example", {})),
      owned("control", Role::control, target("control-one", "page", "", "one.example", {})),
      owned("control", Role::control, target("control-two", "page", "", "two.example", {})),
  };
  return estate;
}

Theatre::Theatre(Estate estate, EvidenceWeights weights)
    : estate_(std::make_unique<Estate>(std::move(estate))),
      weights_(std::make_unique<EvidenceWeights>(std::move(weights))),
      judge_(*estate_, *weights_),
      now_(kStart) {
  for (const auto& one : estate_->targets) {
    Facts facts;
    if (one.role == Role::sensor) {
      healthy_[one.id] = std::make_shared<const Facts>(sensed(one));
      continue;
    }
    facts.set(Fact::status, "200");
    facts.set(Fact::body_class, "normal");
    facts.set(Fact::networks, "198.51.100.0/24");
    facts.set(Fact::name_servers, "ns1.zone.example ns2.zone.example");
    facts.set(Fact::cert_issuer, "O=Good CA, CN=Good CA 1");
    facts.set(Fact::cert_key, "aa");
    facts.set(Fact::script_origins, "https://static.shop.example");
    if (one.is_sensitive) facts.set(Fact::form_actions, "https://www.shop.example/pay");
    healthy_[one.id] = std::make_shared<const Facts>(std::move(facts));
  }
}

Facts Theatre::facts(const std::string& target) const {
  return *healthy_.at(target);
}

void Theatre::show(const std::string& target, Shown shown) {
  if (shown.facts.empty()) shown.facts = facts(target);
  shown_[target] = std::move(shown);
}

void Theatre::fail(const std::string& target, Outcome outcome, const std::string& note) {
  auto shown_facts = facts(target);
  shown_facts.set(Fact::body_class, "origin_error");
  show(target, {.outcome = outcome, .party = Party::origin, .facts = shown_facts, .note = note});
}

void Theatre::heal(const std::string& target) {
  if (target == "*") {
    shown_.clear();
  } else {
    shown_.erase(target);
  }
}

void Theatre::step(Input input) {
  input.seq = ++seq_;
  inputs_.push_back(input);
  const auto rulings = judge_.step(input);
  for (const auto& incident : judge_.incidents()) {
    if (!incident.closed) suspicion_max_ = std::max(suspicion_max_, incident.verdict.suspicion);
  }
  if (const auto* ledger = judge_.evidence()) {
    for (const auto& [signal, evidence] : ledger->all()) {
      if (evidence.is_live) heard_.insert(signal);
    }
  }
  std::vector<SecondLook> looks;
  for (const auto& ruling : rulings) {
    if (const auto* look = std::get_if<SecondLook>(&ruling)) {
      looks.push_back(*look);
    } else {
      rulings_.push_back(ruling);
    }
  }
  for (const auto& again : looks) {
    now_ += Millis{20};
    look(again.target, again.vantage, true);
  }
}

void Theatre::look(TargetIndex index, VantageIndex vantage, bool is_second) {
  const auto& id = estate_->targets[index].id;
  Observation seen{.at = now_,
                   .target = index,
                   .vantage = vantage,
                   .is_second_look = is_second,
                   .phases = {.wait = Micros{120'000}},
                   .facts = healthy_.at(id),
                   .note = {}};
  if (const auto at = shown_.find(id); at != shown_.end()) {
    const auto& shown = at->second;
    // A fixed sequence that meets the share without clumps.
    const bool is_hit = static_cast<double>((draws_++ * 7919) % 1000) < shown.share * 1000;
    const bool is_here = shown.only_at.empty() || shown.only_at == estate_->vantages[vantage].id;
    if (is_hit && is_here) {
      seen.outcome = shown.outcome;
      seen.party = shown.party;
      seen.note = shown.note;
      seen.phases.wait = shown.takes;
      seen.facts = std::make_shared<const Facts>(shown.facts);
    }
  }
  step({.seq = 0, .what = std::move(seen)});
}

void Theatre::pass(Millis time) {
  const auto until = now_ + time;
  while (now_ < until) {
    const auto minute = std::min(now_ + Millis{60'000}, until);
    for (TargetIndex index = 0; index < estate_->targets.size(); ++index) {
      for (VantageIndex vantage = 0; vantage < estate_->vantages.size(); ++vantage)
        look(index, vantage, false);
    }
    now_ = std::max(minute, now_);
    step({.seq = 0, .what = Tick{.at = now_}});
  }
}

void Theatre::say(FeedItem item) {
  item.at = now_;
  step({.seq = 0, .what = std::move(item)});
}
void Theatre::announce(Announcement announcement) {
  announcement.at = now_;
  step({.seq = 0, .what = std::move(announcement)});
}
void Theatre::note(OperatorNote note) {
  note.at = now_;
  step({.seq = 0, .what = std::move(note)});
}

bool Theatre::is_open() const {
  return !judge_.incidents().empty() && !judge_.incidents().front().closed;
}

Incident Theatre::incident() const {
  if (!is_open()) {
    ADD_FAILURE() << "no incident is open";
    return {};
  }
  return judge_.incidents().front();
}

bool Theatre::has_signal(std::string_view signal) const {
  if (!is_open()) return false;
  const auto& verdict = judge_.incidents().front().verdict;
  const auto is_it = [&](const Reason& reason) { return reason.rule == signal; };
  return std::ranges::any_of(verdict.because, is_it) || std::ranges::any_of(verdict.against, is_it);
}

std::size_t Theatre::told() const {
  return static_cast<std::size_t>(std::ranges::count_if(rulings_, [](const Ruling& ruling) {
    return std::holds_alternative<Opened>(ruling) || std::holds_alternative<Changed>(ruling);
  }));
}

}  // namespace bw::test
