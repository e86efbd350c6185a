// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/body.h"
#include "probes/probe.h"

#include <cstdint>
#include <memory>

// What a reply says, read or remembered. `body` is the body's number in the look's memory
// (Memory::number_of), 0 where it has none: then it is read anew and not kept.
namespace bw {

// What status, headers and the body's first part say, with the facts of them that do not depend on
// the moment.
struct HeadReading {
  EdgeReading edge;
  FactChanges facts;
};
struct BodyReading {
  Body body;
  FactChanges facts;
};

// `wait`: how long the answer's first byte took (Phases::wait).
[[nodiscard]] std::shared_ptr<const HeadReading> read_head(
    const Look& look, const HttpReply& http, Micros wait, std::uint64_t body, Time now);

struct BodyCircumstances {
  const EdgeReading& edge;
  std::uint64_t body = 0;
  bool status_is_expected = false;
};
[[nodiscard]] std::shared_ptr<const BodyReading> read_content(const Spec& spec,
                                                              const Look& look,
                                                              const HttpReply& http,
                                                              const BodyCircumstances& at);

}  // namespace bw
