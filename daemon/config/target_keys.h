// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/reader.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bw::config {

// A key of [[target]] whose value becomes a part of the Spec. Which kinds take it is said by the
// kinds themselves, in their settings.
struct TargetKey {
  std::string_view name;
  void (*read)(Reading& reading, Section& section, Spec& spec);
};
[[nodiscard]] std::span<const TargetKey> target_keys();
[[nodiscard]] const TargetKey* find_target_key(std::string_view name);

// A journey's [[target.step]] and, before them, its [target.secrets].
void read_steps(Reading& reading, Section& section, Spec& spec);
void read_secrets(Reading& reading, Section& section, Spec& spec);

// Values that are compared or sent as text: 12 is "12", true is "true". Nothing for other types.
[[nodiscard]] std::optional<std::string> scalar_text(const Node& node);

// The formats of status feeds that the feed kind reads.
[[nodiscard]] const std::vector<std::string_view>& feed_formats();

}  // namespace bw::config
