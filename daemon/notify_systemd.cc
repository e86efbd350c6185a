// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify_systemd.h"

#include "probes/text.h"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <ctime>
#include <string>

namespace bw::systemd {
namespace {

constexpr std::size_t kStatusBytesMax = 300;

bool send(const std::string& state) {
  return sd_notify(0, state.c_str()) > 0;
}

// Lines separate messages: a status must stay within one.
std::string status_field(std::string_view line) {
  return "STATUS=" + fold(line, kStatusBytesMax);
}

std::uint64_t monotonic_micros() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

}  // namespace

bool ready(std::string_view status) {
  return send("READY=1\n" + status_field(status));
}
bool reloading() {
  return send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_micros()));
}
bool stopping() {
  return send("STOPPING=1");
}
bool status(std::string_view line) {
  return send(status_field(line));
}
bool feed_watchdog() {
  return send("WATCHDOG=1");
}

std::optional<Micros> watchdog_interval() {
  std::uint64_t micros = 0;
  if (sd_watchdog_enabled(0, &micros) <= 0) return std::nullopt;
  return Micros{static_cast<std::int64_t>(micros)};
}

}  // namespace bw::systemd
