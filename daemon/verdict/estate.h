// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/observation.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What is run, what it needs, and from where it is seen: everything the judge may know of the
// organisation beside what it observes. Built by daemon/config; positions are stable for its life.
namespace bw {

// The organisation itself, where an owner, a culprit or a provider id is named.
inline constexpr std::string_view kOwn = "own";

// How customers are told of a function. What is empty is made from its title.
struct CustomerWords {
  std::string name;                  // inside a sentence: "gift cards"
  std::optional<bool> is_plural;     // "gift cards are"; guessed from the name where it is not said
  std::string fails;                 // a clause: "gift cards cannot be used in stores or online"
  std::string works;                 // a clause: "you can still pay by card"
  std::string advice;                // a sentence for colleagues: "Ask customers to keep them."
  std::vector<std::string> instead;  // ids of functions that stand in for it
  std::optional<bool> is_shown;      // to customers at all; unless it says so, not what is staff's
};

struct Function {
  std::string id;
  std::string title;  // in customer words: "Gift cards and vouchers"
  bool is_critical = false;
  CustomerWords customers{};
};

// Through which door customers come. A deliberate shutdown takes web and app together.
enum class Surface : std::uint8_t { web, app, store, staff, other };
[[nodiscard]] std::string_view print(Surface surface);
[[nodiscard]] std::optional<Surface> parse_surface(std::string_view name);

struct Provider {
  std::string id;
  std::string name;
  std::string role;                          // payments cdn dns cloud platform auth ...
  std::vector<std::string> needs;            // providers that it stands on
  std::vector<std::string> allowed_issuers;  // parts of certificate issuers that are theirs
  std::vector<std::string> networks;         // "198.51.100.0/24"
  std::vector<std::string> name_servers;     // suffixes: "zonecraft.example"
  bool has_feed = false;
};

struct Vantage {
  std::string id;
  std::string network;  // "AS64700": views from one network are one view
};

// What a target is to the organisation.
enum class Role : std::uint8_t {
  service,    // serves a function
  provider,   // a provider's own endpoint: its canary
  neighbour,  // another organisation's, behind the same providers
  control,    // must answer if our own view is fine
  feed,       // words, not availability
  sensor,     // tells of a name, a route or a series; that it fails is nobody's outage
};
[[nodiscard]] std::string_view print(Role role);

struct Target {
  std::string id;
  std::string kind;         // probe kind
  std::string function;     // function id; empty for neighbour, control and feed
  std::string owner{kOwn};  // kOwn, a provider id, or a free word for a neighbour
  std::string host;         // of its URL
  Role role = Role::service;
  Surface surface = Surface::web;
  bool is_sensitive = false;       // payment or sign-in: a new script here matters
  std::vector<std::string> needs;  // provider ids without which it fails
  std::vector<std::string> soft;   // provider ids without which it degrades
  Millis interval{60'000};
};

// A promise of the change calendar that is known from the start (configuration).
struct Window {
  Time from{};
  Time to{};
  std::string kind;  // maintenance change sale
  std::string text;
  std::vector<std::string> functions;  // empty: all
};

struct Estate {
  std::string organisation;
  std::string domain;
  std::string timezone = "UTC";  // IANA name, for words and calendar rules
  bool has_calendar = false;     // a change calendar is connected: silence in it means something
  std::vector<Function> functions;
  std::vector<Provider> providers;
  std::vector<Target> targets;
  std::vector<Vantage> vantages;  // at least one
  std::vector<Window> windows;

  [[nodiscard]] const Function* function(std::string_view id) const;
  [[nodiscard]] const Provider* provider(std::string_view id) const;
  [[nodiscard]] std::optional<TargetIndex> target(std::string_view id) const;
  [[nodiscard]] std::optional<VantageIndex> vantage(std::string_view id) const;
  // "PayWell" for "paywell", the organisation's name for kOwn, else the id itself.
  [[nodiscard]] std::string_view name_of(std::string_view provider_id) const;
};

}  // namespace bw
