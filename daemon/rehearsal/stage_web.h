// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/stage_set.h"

#include <boost/asio/ip/tcp.hpp>

namespace bw::rehearsal {

// Talks to one client that has connected to a server of the world, until either hangs up. What the
// world lets time out is held open in silence; what it resets is reset.
void serve(StageSet& set, boost::asio::ip::tcp::socket socket, bool is_https);

}  // namespace bw::rehearsal
