// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notice.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// The notice that a ruling deserves; nothing for second looks. Pure: the same ruling gives the same
// notice with the same key, so that a replay tells nobody twice. `failing_elsewhere` are functions
// (ids) that other open incidents say are failing: they are not listed as working.
[[nodiscard]] std::optional<Notice> compose_notice(
    const Estate& estate,
    const Ruling& ruling,
    const std::string& external_url,
    const std::vector<std::string>& failing_elsewhere = {});
// For `notify --test`: says that it is a test and asks for nothing.
[[nodiscard]] Notice compose_test_notice(const Estate& estate,
                                         const std::string& external_url,
                                         Time now);
// ICD 203 bands: "almost no chance", "very unlikely", "unlikely", "roughly even", "likely",
// "very likely", "almost certain".
[[nodiscard]] std::string_view estimate_in_words(double probability);
// Its claim; with "(until 14:32 UTC)" where it is no longer so. `at`: of the telling.
[[nodiscard]] std::string claim_in_words(const Reason& reason, Time at);
// The whole notice as plain text, for terminals, logs and the fallback text of chat services.
[[nodiscard]] std::string print_plain(const Notice& notice);

}  // namespace bw
