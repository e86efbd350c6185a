// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/probe.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

// Asking services that tell about us (registries, logs, route collectors, Prometheus) for JSON.
// What goes wrong on the way says nothing about us: it ends the look with facts about nothing.
namespace bw {

// GET `url`. The look remembers it, for redirects.
[[nodiscard]] Ask ask_json(const Spec& spec,
                           Look& look,
                           const std::string& url,
                           std::string_view accept = "application/json");

// The document; or the ask that follows a redirect; or how the look ends: what the exchange failed
// by, `blocked` for 403 and 429, status_* for other statuses, json_mismatch for what is no modest
// JSON (32 levels, 100,000 values). Bodies of other statuses than 2xx are not read.
using JsonStep = std::variant<nlohmann::json, Ask, Finding>;
[[nodiscard]] JsonStep read_json_reply(const Spec& spec, Look& look, const Reply& reply);

// `spec.url` (or `fallback`, where it is empty) and a path that begins with "/".
[[nodiscard]] std::string join_url(const Spec& spec,
                                   std::string_view fallback,
                                   std::string_view path);
// The answer is JSON, but not what was asked for.
[[nodiscard]] Finding other_than_asked(std::string_view wanted);

}  // namespace bw
