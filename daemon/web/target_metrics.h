// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

#include <cstddef>
#include <string>

namespace bw {

// The families that have a series per target, in the Prometheus text format 0.0.4, piece by piece:
// a hundred thousand targets make a hundred megabytes, which need not exist at once. Lines are
// written straight into the text: as prometheus-cpp objects they would cost about ten times as
// much. Labels are ids from the configuration, or words of our own vocabularies (outcome, phase).
class TargetMetrics {
 public:
  explicit TargetMetrics(SnapshotRef snapshot) : snapshot_(std::move(snapshot)) {}
  // The next piece, kPieceBytes and a few lines at the most; empty at the end.
  static constexpr std::size_t kPieceBytes = 256 << 10;
  [[nodiscard]] std::string next();

 private:
  SnapshotRef snapshot_;
  std::size_t family_ = 0;
  std::size_t target_ = 0;  // of the family
};

}  // namespace bw
