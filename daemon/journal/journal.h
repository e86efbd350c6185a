// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/notify/outbox.h"
#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"
#include "probes/error.h"

namespace bw {

struct JournalSettings {
  std::string path;                      // of the SQLite file
  Millis age_max{std::chrono::hours{24 * 30}};
  std::uint64_t bytes_max = 2ULL << 30;
  std::size_t queued_max = 100'000;      // inputs waiting for the writer
};

// A verdict as it was given, for `explain`.
struct RecordedVerdict {
  std::string event;   // opened changed closed
  Incident incident;   // with its verdict
  std::string what;    // why it changed or closed
};

// The log. One writer thread owns the database; every call here returns at once. Inputs get their
// seq on append and may be judged once `committed()` has reached it, or at once while
// `!is_healthy()` (disk slow or full): watching goes on, and says so.
class Journal {
 public:
  // Opens or creates; refuses a newer format. `on_progress` runs in the writer thread whenever
  // `committed` or `is_healthy` changed: it should only wake the loop.
  [[nodiscard]] static std::expected<std::unique_ptr<Journal>, Error> open(
      JournalSettings settings, const Estate& estate, std::function<void()> on_progress);
  virtual ~Journal() = default;  // writes what is queued, then closes

  virtual std::uint64_t append(Input input) = 0;
  [[nodiscard]] virtual std::uint64_t committed() const = 0;
  [[nodiscard]] virtual bool is_healthy() const = 0;
  [[nodiscard]] virtual std::string trouble() const = 0;  // why not, for people

  virtual void put_checkpoint(std::uint64_t seq, std::string bytes) = 0;
  virtual void put_verdict(RecordedVerdict verdict) = 0;  // the same (incident, seq, event) once
  virtual void put_parcel(Parcel parcel) = 0;             // insert or replace by key
  // Keeps the inputs around an incident whole, whatever their age.
  virtual void keep(Time from, Time to) = 0;

  struct Stats {
    std::uint64_t inputs = 0;
    std::uint64_t bytes = 0;          // of the database file
    std::size_t queued = 0;
    std::uint64_t dropped = 0;        // inputs that the full queue did not take
    Micros last_commit{0};
  };
  [[nodiscard]] virtual Stats stats() const = 0;
};

// Reads a journal, also one that a daemon is writing. Used at start and by explain and replay.
class JournalReader {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<JournalReader>, Error> open(
      const std::string& path);
  virtual ~JournalReader() = default;

  struct Checkpoint {
    std::uint64_t seq = 0;
    std::string bytes;
  };
  // The newest one not after `seq`.
  [[nodiscard]] virtual std::expected<std::optional<Checkpoint>, Error> checkpoint(
      std::uint64_t seq) = 0;
  // Inputs with from < seq, in order, until the end or until `each` returns false. Targets and
  // vantages that `estate` does not have are skipped and counted in the result.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> read(
      const Estate& estate, std::uint64_t from, const std::function<bool(Input&&)>& each) = 0;
  [[nodiscard]] virtual std::expected<std::vector<RecordedVerdict>, Error> verdicts(
      std::uint64_t incident) = 0;                      // oldest first
  [[nodiscard]] virtual std::expected<std::vector<Incident>, Error> incidents() = 0;  // newest first
  // Parcels that matter still: pending and standing ones whole; of settled ones at least key,
  // destination and state.
  [[nodiscard]] virtual std::expected<std::vector<Parcel>, Error> parcels() = 0;
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> last_seq() = 0;
  [[nodiscard]] virtual std::expected<std::optional<std::uint64_t>, Error> first_seq_at(Time at) = 0;
};

}  // namespace bw
