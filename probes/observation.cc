// SPDX-License-Identifier: Apache-2.0
#include "probes/observation.h"

#include <algorithm>
#include <span>

namespace bw {
namespace {

constexpr std::array kOutcomes = std::to_array<std::string_view>({
#define X(name) #name,
    BW_OUTCOMES(X)
#undef X
});
constexpr std::array kBodyClasses = std::to_array<std::string_view>({
#define X(name) #name,
    BW_BODY_CLASSES(X)
#undef X
});
constexpr std::array kFacts = std::to_array<std::string_view>({
#define X(name) #name,
    BW_FACTS(X)
#undef X
});
constexpr std::array kParties =
    std::to_array<std::string_view>({"unknown", "us", "edge", "origin"});
constexpr std::array kFeedStates = std::to_array<std::string_view>(
    {"operational", "degraded", "partial", "major", "maintenance", "unknown"});

template <class E>
std::optional<E> find(std::span<const std::string_view> names, std::string_view name) {
  const auto at = std::ranges::find(names, name);
  if (at == names.end()) return std::nullopt;
  return static_cast<E>(at - names.begin());
}

}  // namespace

std::string_view print(Outcome outcome) {
  return kOutcomes.at(static_cast<std::size_t>(outcome));
}
std::optional<Outcome> parse_outcome(std::string_view name) {
  return find<Outcome>(kOutcomes, name);
}
bool is_failure(Outcome outcome) {
  return outcome != Outcome::ok && outcome != Outcome::degraded &&
         outcome != Outcome::monitor_error;
}

Phase phase_of(Outcome outcome) {
  if (outcome == Outcome::monitor_error) return Phase::monitor;
  if (!is_failure(outcome)) return Phase::none;
  if (outcome <= Outcome::dns_mismatch) return Phase::dns;
  if (outcome <= Outcome::connect_reset) return Phase::connect;
  if (outcome <= Outcome::tls_timeout) return Phase::tls;
  if (outcome <= Outcome::redirect_loop) return Phase::reply;
  return Phase::content;
}

std::string_view print(Phase phase) {
  constexpr std::array kNames = std::to_array<std::string_view>(
      {"none", "dns", "connect", "tls", "reply", "content", "monitor"});
  return kNames.at(static_cast<std::size_t>(phase));
}

std::string_view print(Party party) {
  return kParties.at(static_cast<std::size_t>(party));
}
std::optional<Party> parse_party(std::string_view name) {
  return find<Party>(kParties, name);
}

std::string_view print(BodyClass body_class) {
  return kBodyClasses.at(static_cast<std::size_t>(body_class));
}
std::optional<BodyClass> parse_body_class(std::string_view name) {
  return find<BodyClass>(kBodyClasses, name);
}

std::string_view print(Fact fact) {
  return kFacts.at(static_cast<std::size_t>(fact));
}
std::optional<Fact> parse_fact(std::string_view name) {
  return find<Fact>(kFacts, name);
}

std::string_view print(FeedState state) {
  return kFeedStates.at(static_cast<std::size_t>(state));
}
std::optional<FeedState> parse_feed_state(std::string_view name) {
  return find<FeedState>(kFeedStates, name);
}

void Facts::set(Fact fact, std::string value) {
  if (value.size() > kFactBytesMax) {
    constexpr std::string_view kMore = "…";
    std::size_t cut = kFactBytesMax - kMore.size();
    // Never cut inside a UTF-8 sequence.
    while (cut > 0 && (static_cast<unsigned char>(value[cut]) & 0xc0) == 0x80)
      --cut;
    value.resize(cut);
    value += kMore;
  }
  const auto at = std::ranges::lower_bound(facts_, fact, {}, &std::pair<Fact, std::string>::first);
  const bool is_there = at != facts_.end() && at->first == fact;
  if (value.empty()) {
    if (is_there) facts_.erase(at);
  } else if (is_there) {
    at->second = std::move(value);
  } else {
    facts_.emplace(at, fact, std::move(value));
  }
}

void Facts::set_members(Fact fact, std::vector<std::string> list) {
  std::ranges::sort(list);
  const auto repeated = std::ranges::unique(list);
  list.erase(repeated.begin(), repeated.end());
  std::string joined;
  for (const auto& member : list) {
    if (member.empty()) continue;
    if (!joined.empty()) joined += ' ';
    joined += member;
  }
  set(fact, std::move(joined));
}

void Facts::add_member(Fact fact, std::string member) {
  constexpr std::size_t kSpare = 8;
  const auto present = get(fact);
  if (present.size() + member.size() + kSpare > kFactBytesMax) return;
  const auto known = members(present);
  std::vector<std::string> list(known.begin(), known.end());
  list.push_back(std::move(member));
  set_members(fact, std::move(list));
}

std::string_view Facts::get(Fact fact) const {
  const auto at = std::ranges::lower_bound(facts_, fact, {}, &std::pair<Fact, std::string>::first);
  return at != facts_.end() && at->first == fact ? std::string_view(at->second)
                                                 : std::string_view();
}

void Facts::apply(const FactChanges& changes) {
  const auto& added = changes.values_.facts_;
  std::vector<std::pair<Fact, std::string>> merged;
  merged.reserve(facts_.size() + added.size());
  auto next = added.begin();
  for (auto& [fact, value] : facts_) {
    if (changes.touched_.test(static_cast<std::size_t>(fact))) continue;
    for (; next != added.end() && next->first < fact; ++next)
      merged.push_back(*next);
    merged.emplace_back(fact, std::move(value));
  }
  merged.insert(merged.end(), next, added.end());
  facts_ = std::move(merged);
}

void FactChanges::set(Fact fact, std::string value) {
  static_assert(kFacts.size() <= decltype(touched_)().size());
  touched_.set(static_cast<std::size_t>(fact));
  values_.set(fact, std::move(value));
}

void FactChanges::set_members(Fact fact, std::vector<std::string> list) {
  touched_.set(static_cast<std::size_t>(fact));
  values_.set_members(fact, std::move(list));
}

std::size_t FactChanges::bytes() const {
  std::size_t sum = sizeof(*this);
  for (const auto& [fact, value] : values_.all())
    sum += sizeof(std::pair<Fact, std::string>) + value.size();
  return sum;
}

std::vector<std::string_view> members(std::string_view set) {
  std::vector<std::string_view> list;
  while (!set.empty()) {
    const auto end = std::min(set.find(' '), set.size());
    if (end > 0) list.push_back(set.substr(0, end));
    set.remove_prefix(std::min(end + 1, set.size()));
  }
  return list;
}

Micros Phases::total() const {
  Micros sum{0};
  for (const Micros phase : {resolve, connect, tls, wait, transfer}) {
    if (phase != kNotReached) sum += phase;
  }
  return sum;
}

void Phases::add(const Phases& other) {
  const auto sum = [](Micros& mine, Micros theirs) {
    if (theirs == kNotReached) return;
    mine = mine == kNotReached ? theirs : mine + theirs;
  };
  sum(resolve, other.resolve);
  sum(connect, other.connect);
  sum(tls, other.tls);
  sum(wait, other.wait);
  sum(transfer, other.transfer);
}

}  // namespace bw
