// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/transpose.h"

#include "probes/text.h"
#include "probes/url.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>

namespace bw::rehearsal {
namespace {

// What functions are about, by words that begin like these in their ids and titles.
struct Subject {
  std::string_view name;
  std::span<const std::string_view> words;
};
constexpr auto kBrowse = std::to_array<std::string_view>({"brows",
                                                          "home",
                                                          "look",
                                                          "view",
                                                          "catalog",
                                                          "product",
                                                          "website",
                                                          "content",
                                                          "inform",
                                                          "read"});
constexpr auto kSearch = std::to_array<std::string_view>({"search", "find"});
constexpr auto kSignIn = std::to_array<std::string_view>(
    {"login", "logon", "sign", "account", "auth", "identity", "sso"});
constexpr auto kBuy = std::to_array<std::string_view>({"checkout",
                                                       "pay",
                                                       "basket",
                                                       "cart",
                                                       "order",
                                                       "buy",
                                                       "booking",
                                                       "reserv",
                                                       "transfer",
                                                       "trade",
                                                       "claim",
                                                       "submit"});
constexpr auto kApp = std::to_array<std::string_view>({"app", "mobile"});
constexpr auto kStore = std::to_array<std::string_view>(
    {"store", "till", "pos", "contactless", "branch", "terminal", "desk", "airport", "kiosk"});
constexpr auto kDeliver =
    std::to_array<std::string_view>({"deliver", "track", "parcel", "ship", "collect", "pickup"});
constexpr auto kGift = std::to_array<std::string_view>({"gift", "voucher", "loyal", "points"});
constexpr auto kMessage =
    std::to_array<std::string_view>({"messag", "sms", "text", "notif", "e-mail", "email"});
constexpr auto kStaff = std::to_array<std::string_view>({"staff", "vpn", "intern", "employ"});
constexpr auto kSubjects = std::to_array<Subject>({{.name = "browse", .words = kBrowse},
                                                   {.name = "search", .words = kSearch},
                                                   {.name = "sign in", .words = kSignIn},
                                                   {.name = "buy", .words = kBuy},
                                                   {.name = "app", .words = kApp},
                                                   {.name = "store", .words = kStore},
                                                   {.name = "deliver", .words = kDeliver},
                                                   {.name = "gift", .words = kGift},
                                                   {.name = "message", .words = kMessage},
                                                   {.name = "staff", .words = kStaff}});

// What likeness is worth; the function decides, the rest settles ties.
constexpr int kSameFunction = 12;
constexpr int kSameSubject = 8;
constexpr int kSameNeed = 3;
constexpr int kOtherNeed = -1;
constexpr int kSameSurface = 2;
constexpr int kSameCare = 2;  // sensitive or not; with a canary account or not
constexpr int kSameHost = 4;  // as another target of the same host got
constexpr int kTaken = -5;    // another target looks there already
constexpr int kWorthIt = 4;   // below, of a service, it is nothing like it

std::set<std::string_view> subjects_of(const std::string& text) {
  std::set<std::string_view> subjects;
  const auto words = lower(text);
  for (const auto& subject : kSubjects) {
    const bool is_meant = std::ranges::any_of(subject.words, [&](std::string_view begin) {
      for (auto at = words.find(begin); at != std::string::npos; at = words.find(begin, at + 1)) {
        if (at == 0 || words[at - 1] < 'a' || words[at - 1] > 'z') return true;
      }
      return false;
    });
    if (is_meant) subjects.insert(subject.name);
  }
  return subjects;
}

std::string words_of(const Estate& estate, const Target& target) {
  const auto* function = estate.function(target.function);
  return target.function + " " + (function == nullptr ? std::string() : function->title);
}

std::string place_of(const Spec& spec) {
  return spec.url.empty() ? spec.host : spec.url;
}

// The book's worlds have no baskets to walk through: a journey looks at a page there.
std::string_view kind_there(const Target& target) {
  return target.kind == "journey" ? std::string_view("page") : std::string_view(target.kind);
}

class Transposition {
 public:
  Transposition(const Config& mine, const Config& books) : mine_(mine), books_(books) {
    match_providers();
    for (const auto& target : books.estate.targets)
      subjects_there_.push_back(subjects_of(words_of(books.estate, target)));
  }

  Transposed finish() {
    auto& config = out_.config;
    config = mine_;
    config.estate.domain = books_.estate.domain;
    config.estate.timezone = books_.estate.timezone;
    config.estate.targets.clear();
    config.estate.windows.clear();  // their days are not the incident's
    config.watched.clear();
    for (std::size_t i = 0; i < mine_.estate.targets.size(); ++i)
      match_target(i);
    match_functions();
    adopt_providers(config.estate.providers);
    return std::move(out_);
  }

 private:
  // One of mine each, by role, in the order of both lists.
  void match_providers() {
    for (const auto& theirs : books_.estate.providers) {
      const auto fits = [&](const Provider& one) {
        return one.role == theirs.role && !books_by_mine_.contains(one.id);
      };
      const auto at = std::ranges::find_if(mine_.estate.providers, fits);
      if (at == mine_.estate.providers.end()) {
        out_.strangers.push_back(theirs.name);
        continue;
      }
      books_by_mine_.emplace(at->id, theirs.id);
      out_.providers.emplace(theirs.id, at->id);
    }
  }

  // The book's id of one of my owners: a provider, us, or a neighbour under its own name.
  [[nodiscard]] std::optional<std::string> owner_there(const std::string& owner) const {
    if (owner == kOwn) return owner;
    const auto at = books_by_mine_.find(owner);
    if (at != books_by_mine_.end()) return at->second;
    return std::nullopt;
  }

  [[nodiscard]] bool could_be(std::size_t i, std::size_t there) const {
    const auto& one = mine_.estate.targets[i];
    const auto& other = books_.estate.targets[there];
    if (kind_there(one) != other.kind || one.role != other.role) return false;
    if (mine_.watched[i].spec.means != books_.watched[there].spec.means) return false;
    const bool is_anybodys = one.role == Role::neighbour || one.role == Role::control;
    return is_anybodys || owner_there(one.owner) == other.owner;
  }

  // Providers that both need, less those that only one of them does.
  [[nodiscard]] int likeness_of_needs(const Target& one, const Target& other) const {
    const auto is_shared = [&](const std::string& need) {
      const auto there = owner_there(need);
      return there && std::ranges::find(other.needs, *there) != other.needs.end();
    };
    const auto shared = static_cast<int>(std::ranges::count_if(one.needs, is_shared));
    const auto all = static_cast<int>(one.needs.size() + other.needs.size());
    return shared * kSameNeed + (all - 2 * shared) * kOtherNeed;
  }

  // Both sign in, or both only look.
  [[nodiscard]] bool same_account(std::size_t mine, std::size_t there) const {
    return mine_.watched[mine].spec.username.empty() == books_.watched[there].spec.username.empty();
  }

  [[nodiscard]] int likeness(std::size_t mine,
                             const std::set<std::string_view>& subjects,
                             std::size_t there) const {
    const auto& one = mine_.estate.targets[mine];
    const auto& other = books_.estate.targets[there];
    int sum = 0;
    if (!one.function.empty() && one.function == other.function) sum += kSameFunction;
    for (const auto subject : subjects_there_[there]) {
      if (subjects.contains(subject)) sum += kSameSubject;
    }
    sum += likeness_of_needs(one, other);
    if (one.surface == other.surface) sum += kSameSurface;
    if (one.is_sensitive == other.is_sensitive) sum += kSameCare;
    if (same_account(mine, there)) sum += kSameCare;
    const auto host = hosts_.find(one.host);
    if (host != hosts_.end() && host->second == other.host) sum += kSameHost;
    return sum + (taken_.contains(there) ? kTaken : 0);
  }

  [[nodiscard]] std::optional<std::size_t> nearest(std::size_t mine) const {
    const auto& one = mine_.estate.targets[mine];
    const auto subjects = subjects_of(words_of(mine_.estate, one));
    std::optional<std::size_t> best;
    int most = one.role == Role::service ? kWorthIt : kTaken;
    for (std::size_t i = 0; i < books_.estate.targets.size(); ++i) {
      if (!could_be(mine, i)) continue;
      const int sum = likeness(mine, subjects, i);
      if (best ? sum <= most : sum < most) continue;
      best = i;
      most = sum;
    }
    return best;
  }

  void match_target(std::size_t i) {
    const auto& one = mine_.estate.targets[i];
    const auto there = nearest(i);
    if (!there) {
      out_.left_out.push_back(one.id);
      return;
    }
    const auto& other = books_.estate.targets[*there];
    auto target = one;
    target.host = other.host;
    auto watched = books_.watched[*there];
    watched.interval = mine_.watched[i].interval;
    watched.spec.slow = mine_.watched[i].spec.slow;
    watched.spec.deadline = mine_.watched[i].spec.deadline;
    // Words of a feed are the provider's that it belongs to, under my name for it.
    if (!watched.spec.feed_provider.empty())
      watched.spec.feed_provider = mine_.watched[i].spec.feed_provider;
    out_.pairs.push_back({.mine = one.id, .books = other.id, .where = place_of(watched.spec)});
    taken_.insert(*there);
    hosts_.emplace(one.host, other.host);
    if (!one.function.empty() && one.role == Role::service) ++votes_[other.function][one.function];
    out_.config.estate.targets.push_back(std::move(target));
    out_.config.watched.push_back(std::move(watched));
  }

  void match_functions() {
    for (const auto& function : books_.estate.functions) {
      const auto at = votes_.find(function.id);
      if (at == votes_.end()) {
        out_.unwatched.push_back(function.title);
        continue;
      }
      const auto most =
          std::ranges::max_element(at->second, {}, [](const auto& vote) { return vote.second; });
      out_.functions.emplace(function.id, most->first);
    }
  }

  // What is normal of a provider is what is normal of it there.
  void adopt_providers(std::vector<Provider>& providers) const {
    for (auto& one : providers) {
      const auto at = books_by_mine_.find(one.id);
      const auto* there = at == books_by_mine_.end() ? nullptr : books_.estate.provider(at->second);
      one.allowed_issuers = there == nullptr ? std::vector<std::string>{} : there->allowed_issuers;
      one.networks = there == nullptr ? std::vector<std::string>{} : there->networks;
      one.name_servers = there == nullptr ? std::vector<std::string>{} : there->name_servers;
      one.has_feed = one.has_feed && there != nullptr && there->has_feed;
    }
  }

  const Config& mine_;
  const Config& books_;
  Transposed out_;
  std::map<std::string, std::string> books_by_mine_;        // providers
  std::map<std::string, std::string> hosts_;                // mine -> the book's
  std::vector<std::set<std::string_view>> subjects_there_;  // parallel to the book's targets
  std::set<std::size_t> taken_;
  std::map<std::string, std::map<std::string, int>> votes_;  // the book's function -> mine
};

}  // namespace

bool is_at_home(const Config& config, const World& world) {
  std::set<std::string> names;
  for (const auto& host : world.hosts())
    names.insert(host.name);
  return std::ranges::any_of(config.estate.targets,
                             [&](const Target& target) { return names.contains(target.host); });
}

Transposed transpose(const Config& mine, const Config& books) {
  return Transposition(mine, books).finish();
}

std::string mine_of(const Transposed& transposed, const std::string& owner) {
  const auto at = transposed.providers.find(owner);
  return at == transposed.providers.end() ? owner : at->second;
}

bool reword(const Transposed& transposed, Announcement& announcement) {
  if (!transposed.config.estate.has_calendar) return false;
  std::vector<std::string> functions;
  for (const auto& function : announcement.functions) {
    const auto at = transposed.functions.find(function);
    if (at != transposed.functions.end()) functions.push_back(at->second);
  }
  // What was announced for functions that are not watched here concerns nobody here.
  if (functions.empty() && !announcement.functions.empty()) return false;
  announcement.functions = std::move(functions);
  return true;
}

}  // namespace bw::rehearsal
