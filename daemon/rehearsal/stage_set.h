// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/clock.h"
#include "daemon/rehearsal/loopback.h"
#include "daemon/rehearsal/stage.h"
#include "daemon/rehearsal/stage_certificates.h"
#include "daemon/rehearsal/world.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <functional>
#include <map>
#include <string>

namespace bw::rehearsal {

// What the stage's servers share; everything in it is touched from the stage's one thread only.
struct StageSet {
  const World& world;
  const Clock& clock;
  std::string vantage;
  double latency_scale = 1;
  boost::asio::io_context io;
  Loopback loopback;
  StageCertificates certificates;
  std::map<IpAddress, std::string> names;  // by loopback address: whose it is
  // A server of that name will be asked for at this loopback address.
  std::function<void(const IpAddress& here, const std::string& name)> on_address;

  [[nodiscard]] Reply ask(const Ask& ask, Time now) const {
    return world.answer(ask, vantage, now);
  }
  // How long a simulated phase lasts here.
  [[nodiscard]] std::chrono::microseconds scaled(Micros took) const {
    return std::chrono::microseconds{
        static_cast<std::int64_t>(static_cast<double>(took.count()) * latency_scale)};
  }
};

[[nodiscard]] inline boost::asio::ip::address_v4 to_asio(const IpAddress& address) {
  return boost::asio::ip::address_v4{
      {address.bytes[0], address.bytes[1], address.bytes[2], address.bytes[3]}};
}

}  // namespace bw::rehearsal
