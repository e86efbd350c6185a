// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notifier.h"

#include <cstddef>
#include <string>
#include <vector>

// For trying a destination out by hand: what would be sent, and what to do if it was not taken.
namespace bw {

// An ask as people may see it: what lets somebody post is "(hidden)".
struct ShownAsk {
  std::string method;
  std::string url;
  std::vector<Header> headers;
  std::string body;
  std::size_t body_bytes = 0;  // as sent
};
[[nodiscard]] ShownAsk show_ask(const Destination& destination,
                                const Notifier& notifier,
                                const HttpAsk& ask);

// The text without the destination's secrets: its key, also encoded as for a header, and the path
// of an address that is a secret itself.
[[nodiscard]] std::string hide_secrets(const Destination& destination,
                                       const Notifier& notifier,
                                       std::string text);

// What to do about an exchange whose message was not delivered, as a sentence without a full stop;
// empty where nothing helps but the service's own words.
[[nodiscard]] std::string advice_on(const Reply& reply, const Delivery& result);

}  // namespace bw
