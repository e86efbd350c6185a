// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/block_decoder.h"
#include "daemon/journal/block_encoder.h"
#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace bw::rehearsal {

// Hands an input on as the journal would give it back: what its bytes do not keep, no verdict of a
// rehearsal can rest on. No database: rows are kept for as long as the day's chapter lasts.
class LogPass {
 public:
  explicit LogPass(const Estate& estate);
  ~LogPass() = default;
  LogPass(const LogPass&) = delete;
  LogPass& operator=(const LogPass&) = delete;

  // Seqs must rise.
  [[nodiscard]] Input pass(const Input& input);

 private:
  void keep_rows();

  std::size_t vantages_;
  std::unordered_map<std::int64_t, std::string> faces_;  // bytes by FaceKey::packed
  BlockEncoder encoder_;
  BlockDecoder decoder_;
};

}  // namespace bw::rehearsal
