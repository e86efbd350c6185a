// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/time.h"

#include <optional>
#include <string_view>

// What a Type=notify service tells systemd (sd_notify(3)). Without a supervisor ($NOTIFY_SOCKET
// unset) every call does nothing. Each returns whether the message was taken.
namespace bw::systemd {

// Started, or done reloading. `status` is the line that `systemctl status` shows.
bool ready(std::string_view status);
// A reload has begun; `ready` ends it. Carries CLOCK_MONOTONIC, without which systemd 253 and later
// ignore the message for Type=notify-reload.
bool reloading();
bool stopping();
bool status(std::string_view line);
// "Still making progress": send only after the loop has really gone round.
bool feed_watchdog();
// How often systemd expects that; feed at half of it. Nothing where WatchdogSec= is not set, or
// where it is meant for another process.
[[nodiscard]] std::optional<Micros> watchdog_interval();

}  // namespace bw::systemd
