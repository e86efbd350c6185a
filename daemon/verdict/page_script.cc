// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/page_script.h"

#include "probes/url.h"

#include <algorithm>
#include <array>

namespace bw {
ScriptMark parse_script_mark(std::string_view member) {
  using enum ScriptMark::Kind;
  struct Prefix {
    std::string_view text;
    ScriptMark::Kind kind;
  };
  constexpr auto kPrefixes = std::to_array<Prefix>({{.text = "sends:", .kind = sends},
                                                    {.text = "hides:", .kind = hides},
                                                    {.text = "drains:", .kind = drains},
                                                    {.text = "boasts:", .kind = boasts}});
  for (const auto& prefix : kPrefixes) {
    if (!member.starts_with(prefix.text)) continue;
    const auto rest = member.substr(prefix.text.size());
    const auto arrow = std::min(rest.find('>'), rest.size());
    return {.kind = prefix.kind,
            .from = rest.substr(0, arrow),
            .to = rest.substr(std::min(arrow + 1, rest.size()))};
  }
  return {};
}

std::string_view host_of_origin(std::string_view origin) {
  const auto scheme = origin.find("://");
  if (scheme == std::string_view::npos) return {};
  const auto host = origin.substr(scheme + 3);
  const auto colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && !host.ends_with(']');
  return has_port ? host.substr(0, colon) : host;
}

bool takes_input(const History& history, TargetIndex target) {
  if (history.estate().targets[target].is_sensitive) return true;
  const auto* worst = history.view(target).worst;
  if (worst == nullptr || worst->latest.facts == nullptr) return false;
  return !worst->latest.facts->get(Fact::fields).empty();
}

namespace {

bool can_hurt(const History& history, const Change& change) {
  const auto& target = history.estate().targets[change.target];
  if (change.fact != Fact::script_marks || target.owner != kOwn || change.is_approved) return false;
  using enum ScriptMark::Kind;
  const auto kind = parse_script_mark(change.is).kind;
  if (kind == boasts || kind == drains) return true;
  return kind != none && takes_input(history, change.target);
}

}  // namespace

bool is_hostile_script(const History& history, const Change& change) {
  return change.is_live && can_hurt(history, change);
}

std::string owner_of_host(const Estate& estate, std::string_view host) {
  if (host.empty() || is_within(host, estate.domain)) return std::string(kOwn);
  const auto is_theirs = [&](const Target& target) {
    return estate.provider(target.owner) != nullptr;
  };
  for (const auto& target : estate.targets) {
    if (target.host == host && target.role != Role::feed)
      return is_theirs(target) ? target.owner : std::string(kOwn);
  }
  for (const auto& target : estate.targets) {
    if (is_theirs(target) && is_within(host, registrable(target.host))) return target.owner;
  }
  return std::string(kOwn);
}

std::string server_of_hostile_script(const History& history, Time since) {
  std::string server;
  for (const auto& change : history.changes()) {
    if (change.last_seen < since || !can_hurt(history, change)) continue;
    server = owner_of_host(history.estate(), host_of_origin(parse_script_mark(change.is).from));
    if (server != kOwn) return server;
  }
  return server;
}

}  // namespace bw
