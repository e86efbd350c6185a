// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/outbox.h"
#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"
#include "probes/error.h"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

struct JournalSettings {
  std::string path;  // of the SQLite file; "PATH.lock" beside it keeps a second daemon out
  // Inputs older than this, counted from the newest one, are dropped. Those in kept ranges only
  // where `bytes_max` needs it, those after the oldest kept checkpoint never.
  Millis age_max{std::chrono::hours{24 * 30}};
  std::uint64_t bytes_max = 2ULL << 30;  // of the file; its write-ahead log takes some MiB more
  // Inputs waiting for the writer. Above it the oldest steady observation goes (one with the
  // outcome and facts of the one before), then the oldest observation, then the oldest of all.
  std::size_t queued_max = 100'000;
  // Steady observations wait this long for others, so that they share a transaction; anything else
  // goes at once. 0 where a virtual clock waits for `committed`.
  Millis linger{20};
  Millis slow_commit{1'000};  // writing that takes longer is trouble
};

// A verdict as it was given, for `explain`.
struct RecordedVerdict {
  std::string event;  // opened changed closed
  Incident incident;  // with its verdict
  std::string what;   // why it changed or closed
};

// The log. One writer thread owns the database; every call here returns at once. Inputs get their
// seq on append and may be judged once `committed()` has reached it, or at once while
// `!is_healthy()` (disk slow or full): watching goes on, and says so.
//
// What is on disk is always a prefix of what was put, in the order of the calls (less the inputs
// that a full queue dropped). What `committed` covers survives kill -9 at any instant. Power loss
// may take the last seconds of observations, never the file's integrity; a transaction with a
// verdict, parcel, checkpoint, announcement or word of an operator is synced to the disk, with all
// before it. (SQLite, WAL; synchronous NORMAL, FULL for those.)
//
// While writing fails, everything waits in memory up to the bounds and is tried again, every 5 s at
// the latest; the journal recovers by itself.
class Journal {
 public:
  // Opens or creates. Refuses a newer format, a file that is not a journal, a damaged one, and one
  // that another process has open for writing. `on_progress` runs in the writer thread whenever
  // `committed` or `is_healthy` changed: it should only wake the loop. The estate is not kept.
  [[nodiscard]] static std::expected<std::unique_ptr<Journal>, Error> open(
      JournalSettings settings, const Estate& estate, std::function<void()> on_progress);
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  // Writes what is queued, then closes. Where the disk refuses, gives up and logs how much is lost.
  virtual ~Journal() = default;

  // From now on, the positions in observations are this estate's: after a reload.
  virtual void use(const Estate& estate) = 0;
  virtual std::uint64_t append(Input input) = 0;
  [[nodiscard]] virtual std::uint64_t committed() const = 0;
  [[nodiscard]] virtual bool is_healthy() const = 0;
  [[nodiscard]] virtual std::string trouble() const = 0;  // why not, for people

  // The three newest are kept. A queued one is replaced by a newer one.
  virtual void put_checkpoint(std::uint64_t seq, std::string bytes) = 0;
  virtual void put_verdict(RecordedVerdict verdict) = 0;  // the same (incident, seq, event) once
  virtual void put_parcel(Parcel parcel) = 0;             // insert or replace by key
  // Keeps the inputs around an incident whole, whatever their age. The same `from` again extends
  // the range.
  virtual void keep(Time from, Time to) = 0;

  // How many calls of put_* and keep there were, and how many of those are on disk. What must not
  // happen twice after a crash (sending a parcel) waits until the second has reached the first, or
  // goes at once while `!is_healthy()`. `on_progress` covers it.
  [[nodiscard]] virtual std::uint64_t puts() const = 0;
  [[nodiscard]] virtual std::uint64_t puts_committed() const = 0;

  struct Stats {
    std::uint64_t inputs = 0;  // appended since start
    std::uint64_t bytes = 0;   // of the database file
    std::size_t queued = 0;
    std::uint64_t dropped = 0;  // inputs that the full queue did not take
    Micros last_commit{0};
  };
  [[nodiscard]] virtual Stats stats() const = 0;
};

// Reads a journal, also one that a daemon is writing. Used at start and by explain and replay. Each
// call sees one moment of the file. Damaged bytes are an Error, never a wrong value.
class JournalReader {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<JournalReader>, Error> open(
      const std::string& path);
  JournalReader() = default;
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;
  virtual ~JournalReader() = default;

  struct Checkpoint {
    std::uint64_t seq = 0;
    std::string bytes;
  };
  // The newest one not after `seq`.
  [[nodiscard]] virtual std::expected<std::optional<Checkpoint>, Error> checkpoint(
      std::uint64_t seq) = 0;
  // Inputs with from < seq, in order, until the end or until `each` returns false. Observations of
  // targets and vantages that `estate` does not have, and with outcomes that this version does not
  // know, are skipped and counted in the result.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> read(
      const Estate& estate, std::uint64_t from, const std::function<bool(Input&&)>& each) = 0;
  [[nodiscard]] virtual std::expected<std::vector<RecordedVerdict>, Error> verdicts(
      std::uint64_t incident) = 0;  // oldest first
  [[nodiscard]] virtual std::expected<std::vector<Incident>, Error>
  incidents() = 0;  // newest first
  // Parcels that matter still: pending and standing ones whole; of settled ones at least key,
  // destination and state.
  [[nodiscard]] virtual std::expected<std::vector<Parcel>, Error> parcels() = 0;
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> last_seq() = 0;
  // Of the first input that is not before `at`, as far as the clock never went back.
  [[nodiscard]] virtual std::expected<std::optional<std::uint64_t>, Error> first_seq_at(
      Time at) = 0;
};

}  // namespace bw
