// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/block.h"
#include "daemon/journal/journal.h"
#include "daemon/notify/outbox.h"
#include "daemon/verdict/verdict.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bw {

struct Keep {
  Time from{};
  Time to{};
};
using Chore = std::variant<JournalReader::Checkpoint, RecordedVerdict, Parcel, Keep>;
// An input and, where it is an observation, its series.
struct Entry {
  Input input;
  SeriesId series = 0;
};
// What goes into one transaction: inputs by seq, chores in their order.
struct Batch {
  std::vector<Entry> entries;
  std::vector<LoggedSeries> series;
  std::vector<Chore> chores;
  std::uint64_t puts = 0;  // chores ever put, up to the last one here
  [[nodiscard]] bool empty() const { return entries.empty() && series.empty() && chores.empty(); }
};

// What waits for the writer, bounded. Not synchronised.
class Backlog {
 public:
  // How much a full queue would hurt: the least valuable goes first.
  enum class Worth : std::uint8_t { steady, observation, words };

  explicit Backlog(std::size_t inputs_max) : inputs_max_(inputs_max) {}

  void add(Entry entry, Worth worth);
  void add(LoggedSeries series) { series_.push_back(std::move(series)); }
  // A checkpoint replaces those that wait, a parcel the one of its key. Verdicts and ranges are
  // bounded by kChoresMax: above it the oldest goes.
  void add(Chore chore);

  // The oldest inputs, at most `inputs_max`, and the chores that came before the next input. So
  // whatever is taken, all that was put earlier has been taken too.
  [[nodiscard]] Batch take(std::size_t inputs_max);

  [[nodiscard]] std::size_t inputs() const;
  [[nodiscard]] bool empty() const { return inputs() == 0 && series_.empty() && chores_.empty(); }
  // Only steady observations wait: no hurry.
  [[nodiscard]] bool is_steady() const;
  // Of the newest input that was added, taken or not.
  [[nodiscard]] std::uint64_t last_seq() const { return last_seq_; }
  [[nodiscard]] std::uint64_t puts() const { return puts_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  static constexpr std::size_t kChoresMax = 10'000;
  struct Waiting {
    std::uint64_t after = 0;   // seq of the last input put before it
    std::uint64_t number = 0;  // counts puts from 1
    Chore chore;
  };

  std::size_t inputs_max_;
  std::deque<Entry> steady_;
  std::deque<Entry> observations_;
  std::deque<Entry> words_;
  std::vector<LoggedSeries> series_;
  std::deque<Waiting> chores_;
  std::uint64_t last_seq_ = 0;
  std::uint64_t puts_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace bw
