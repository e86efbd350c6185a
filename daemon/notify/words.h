// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "daemon/notify/notice.h"

namespace bw {

// The notice that a ruling deserves, or nothing (second looks; changes that are not news).
[[nodiscard]] std::optional<Notice> compose_notice(const Estate& estate, const Ruling& ruling,
                                                   const std::string& external_url);
// ICD 203 bands: "almost no chance", "very unlikely", "unlikely", "roughly even", "likely",
// "very likely", "almost certain".
[[nodiscard]] std::string_view estimate_in_words(double probability);
// The whole notice as plain text, for terminals, logs and the fallback text of chat services.
[[nodiscard]] std::string print_plain(const Notice& notice);

}  // namespace bw
