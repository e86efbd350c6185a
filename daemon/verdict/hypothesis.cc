// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/hypothesis.h"

#include <algorithm>

namespace bw {
namespace {

constexpr std::array kNames = std::to_array<std::string_view>({
#define X(name) #name,
    BW_BENIGN(X) BW_CYBER(X)
#undef X
});
static_assert(kNames.size() == kHypotheses);
static_assert(static_cast<std::size_t>(Hypothesis::ddos) == kBenign);

constexpr std::array<std::string_view, kHypotheses> kWords{
    "an own change or defect",
    "more demand than the own capacity",
    "an outage at a provider",
    "planned maintenance",
    "a certificate that expired or was set up wrongly",
    "a mistake in DNS or at the registrar",
    "a network or routing fault",
    "the monitor's own view",
    "a facility or hardware fault",
    "a flood (denial of service)",
    "a containment shutdown after an intrusion (ransomware)",
    "a hijacked domain or DNS",
    "a hijacked route",
    "an intercepted or mis-issued certificate",
    "a defaced website",
    "a script that steals card data",
    "a subdomain taken over",
    "a wave of account take-overs",
    "a compromised provider",
};
constexpr std::array kLevelNames = std::to_array<std::string_view>({"calm",
                                                                    "degraded",
                                                                    "outage",
                                                                    "watch",
                                                                    "suspected",
                                                                    "strongly_suspected",
                                                                    "declared",
                                                                    "blind"});
static_assert(kLevelNames.size() == kLevels);

}  // namespace

std::string_view print(Hypothesis h) {
  return kNames.at(static_cast<std::size_t>(h));
}
std::optional<Hypothesis> parse_hypothesis(std::string_view name) {
  const auto* const at = std::ranges::find(kNames, name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<Hypothesis>(at - kNames.begin());
}
std::string_view in_words(Hypothesis h) {
  return kWords.at(static_cast<std::size_t>(h));
}

std::string_view print(Level level) {
  return kLevelNames.at(static_cast<std::size_t>(level));
}
std::optional<Level> parse_level(std::string_view name) {
  const auto* const at = std::ranges::find(kLevelNames, name);
  if (at == kLevelNames.end()) return std::nullopt;
  return static_cast<Level>(at - kLevelNames.begin());
}

}  // namespace bw
