// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/atlas.h"
#include "daemon/rehearsal/events.h"

#include <optional>
#include <string>
#include <utility>

namespace bw::rehearsal {

// Which certificate a server shows, before it becomes bytes: the simulated chain is made from it,
// and so is the stage's real one.
struct CertificatePlan {
  std::string common_name;
  std::vector<std::string> names;
  std::string issuer;                 // common name of the CA; its own common name when self-signed
  std::uint64_t key_identity = 0;     // equal identities are equal keys
  std::uint64_t serial_identity = 0;  // and equal certificates
  Time not_before{};
  Time not_after{};
  bool is_self_signed = false;
  bool is_incomplete = false;  // the intermediate is left out
};

// What the server at `name` shows to a client that asks for `server_name`.
[[nodiscard]] CertificatePlan plan_certificate(const WorldFile& world,
                                               const Name& name,
                                               std::optional<std::pair<Time, Time>> expiry,
                                               const Troubles& troubles,
                                               Time now);
// The chain as presented, with what a client that wants `server_name` finds wrong with it.
[[nodiscard]] Chain render_chain(const CertificatePlan& plan,
                                 const std::string& server_name,
                                 Time now);
// "O=Meridian, CN=Meridian TLS CA 2".
[[nodiscard]] std::string issuer_name(const std::string& common_name);
// "*.shop.example" covers exactly one label more (RFC 6125 6.4.3).
[[nodiscard]] bool covers(const std::string& pattern, const std::string& name);

}  // namespace bw::rehearsal
