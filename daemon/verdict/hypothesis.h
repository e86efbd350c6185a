// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

// The causes that are weighed against each other, and how sure we are of them.
namespace bw {

#define BW_BENIGN(X)     \
  X(own_change)          \
  X(own_capacity)        \
  X(provider_outage)     \
  X(planned_maintenance) \
  X(cert_expiry)         \
  X(dns_misconfig)       \
  X(network_bgp)         \
  X(monitor_local)       \
  X(own_hardware)
#define BW_CYBER(X)         \
  X(ddos)                   \
  X(ransomware_containment) \
  X(dns_hijack)             \
  X(bgp_hijack)             \
  X(tls_interception)       \
  X(defacement)             \
  X(skimmer)                \
  X(subdomain_takeover)     \
  X(account_attack)         \
  X(provider_compromised)

enum class Hypothesis : std::uint8_t {
#define X(name) name,
  BW_BENIGN(X) BW_CYBER(X)
#undef X
};
inline constexpr std::size_t kHypotheses = 19;
inline constexpr std::size_t kBenign = 9;  // the first nine
[[nodiscard]] constexpr bool is_cyber(Hypothesis h) {
  return static_cast<std::size_t>(h) >= kBenign;
}
[[nodiscard]] std::string_view print(Hypothesis h);  // "provider_outage"
[[nodiscard]] std::optional<Hypothesis> parse_hypothesis(std::string_view name);
[[nodiscard]] std::string_view in_words(Hypothesis h);  // "a provider's outage", for sentences

// Per hypothesis, in whole decibans (10 * log10 of a likelihood ratio).
using Weights = std::array<int, kHypotheses>;
// Probabilities that sum to 1.
using Posterior = std::array<double, kHypotheses>;

enum class Level : std::uint8_t {
  calm,
  degraded,
  outage,
  watch,
  suspected,
  strongly_suspected,
  declared,
  blind,
};
inline constexpr std::size_t kLevels = 8;
[[nodiscard]] std::string_view print(Level level);
[[nodiscard]] std::optional<Level> parse_level(std::string_view name);
[[nodiscard]] constexpr bool is_suspicious(Level level) {
  return level == Level::suspected || level == Level::strongly_suspected ||
         level == Level::declared;
}

}  // namespace bw
