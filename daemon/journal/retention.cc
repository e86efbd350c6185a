// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/retention.h"

#include "daemon/journal/block.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace bw {
namespace {

constexpr std::size_t kBlocksAStep = 64;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::int64_t kPagesAStep = 256;
// What a verdict takes with its share of pages, roughly.
constexpr std::uint64_t kVerdictBytes = 4096;

std::int64_t count(Time at) {
  return at.time_since_epoch().count();
}

struct Space {
  std::uint64_t file = 0;
  std::uint64_t used = 0;
};
std::expected<Space, Error> measure(Sqlite& database) {
  const auto pages = database.integer("PRAGMA page_count");
  if (!pages) return std::unexpected(pages.error());
  const auto free = database.integer("PRAGMA freelist_count");
  if (!free) return std::unexpected(free.error());
  const auto page = database.integer("PRAGMA page_size");
  if (!page) return std::unexpected(page.error());
  return Space{.file = static_cast<std::uint64_t>(*pages * *page),
               .used = static_cast<std::uint64_t>((*pages - *free) * *page)};
}

struct Candidate {
  std::int64_t first_seq = 0;
  std::int64_t last_seq = 0;
  std::int64_t to = 0;
  bool is_kept = false;
};
// The oldest blocks with seqs above `after` that the oldest checkpoint covers; never the last one,
// which still grows.
std::expected<std::vector<Candidate>, Error> candidates(Sqlite& database, std::uint64_t after) {
  auto statement = database.prepare(
      "SELECT first_seq, last_seq, to_at, EXISTS (SELECT 1 FROM keeps"
      "  WHERE keeps.from_at <= log.to_at AND keeps.to_at >= log.from_at) FROM log "
      "WHERE first_seq > ?1 AND last_seq <= coalesce((SELECT min(seq) FROM checkpoints), ?2)"
      "  AND first_seq < (SELECT max(first_seq) FROM log) ORDER BY first_seq LIMIT ?3");
  if (!statement) return std::unexpected(std::move(statement).error());
  std::vector<Candidate> list;
  auto has_row =
      statement->step_with(after, std::numeric_limits<std::int64_t>::max(), kBlocksAStep);
  while (has_row && *has_row) {
    list.push_back({.first_seq = statement->integer(0),
                    .last_seq = statement->integer(1),
                    .to = statement->integer(2),
                    .is_kept = statement->integer(3) != 0});
    has_row = statement->step();
  }
  if (!has_row) return std::unexpected(std::move(has_row).error());
  return list;
}

std::expected<void, Error> drop(Sqlite& database, std::int64_t first_seq) {
  auto statement = database.prepare("DELETE FROM log WHERE first_seq = ?1");
  if (!statement) return std::unexpected(std::move(statement).error());
  return statement->run(first_seq);
}

// How many pages are more than there should be. A sixteenth of the limit is left for what one batch
// adds before the next step.
std::expected<std::int64_t, Error> excess_pages(Sqlite& database, std::uint64_t bytes_max) {
  const auto space = measure(database);
  if (!space) return std::unexpected(space.error());
  const std::uint64_t high = bytes_max - (bytes_max / 16);
  const std::uint64_t excess = space->used > high ? space->used - high : 0;
  return static_cast<std::int64_t>((excess + kPageBytes - 1) / kPageBytes);
}

// For when only kept ranges are left, and they are too much.
std::expected<bool, Error> drop_kept(Sqlite& database, std::int64_t pages) {
  const auto kept = candidates(database, 0);
  if (!kept) return std::unexpected(kept.error());
  for (const Candidate& block : *kept) {
    if (pages-- <= 0) return false;
    if (auto done = drop(database, block.first_seq); !done) return std::unexpected(done.error());
  }
  return kept->size() == kBlocksAStep;
}

}  // namespace

std::expected<bool, Error> RetentionSweep::step(Sqlite& database, Time now) {
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) {
    return std::unexpected(std::move(begun).error());
  }
  auto more = forget(database, now);
  if (more) {
    if (auto done = database.run("COMMIT"); !done) more = std::unexpected(std::move(done).error());
  }
  if (!more) {
    database.roll_back();
    return more;
  }
  // Freed pages are used again before the file grows, so only a limit that was lowered needs this.
  const auto space = measure(database);
  if (!space) return std::unexpected(space.error());
  if (space->file > limits_.bytes_max && space->used < space->file) {
    auto done = database.run("PRAGMA incremental_vacuum(" + std::to_string(kPagesAStep) + ")");
    if (!done) return std::unexpected(std::move(done).error());
    const auto after = measure(database);
    return after ? *more || after->file < space->file : more;
  }
  return more;
}

std::expected<bool, Error> RetentionSweep::forget(Sqlite& database, Time now) {
  const auto dropped = drop_blocks(database, now);
  if (!dropped) return std::unexpected(dropped.error());
  auto more = drop_chapters(database);
  if (!more) return more;
  const std::string limit = " LIMIT " + std::to_string(kBlocksAStep) + ")";
  const std::string old = std::to_string(count(now - limits_.age_max));
  const std::string verdicts = std::to_string(limits_.bytes_max / 8 / kVerdictBytes);
  const auto done = database.run(
      "DELETE FROM parcels WHERE rowid IN (SELECT rowid FROM parcels WHERE is_settled AND "
      "changed_at < " +
      old + limit +
      ";"
      "DELETE FROM verdicts WHERE id IN (SELECT id FROM verdicts WHERE id <= "
      "(SELECT max(id) FROM verdicts) - " +
      verdicts + limit +
      ";"
      "DELETE FROM keeps WHERE from_at IN (SELECT from_at FROM keeps WHERE to_at < "
      "(SELECT from_at FROM log ORDER BY first_seq LIMIT 1)" +
      limit);
  if (!done) return std::unexpected(done.error());
  return *more || *dropped;
}

std::expected<bool, Error> RetentionSweep::drop_blocks(Sqlite& database, Time now) {
  const auto excess = excess_pages(database, limits_.bytes_max);
  if (!excess) return std::unexpected(excess.error());
  std::int64_t pages = *excess;  // a block is about a page
  const auto list = candidates(database, seen_);
  if (!list) return std::unexpected(list.error());
  const std::int64_t oldest = count(now - limits_.age_max);
  for (const Candidate& block : *list) {
    if (pages <= 0 && block.to >= oldest) return false;
    seen_ = static_cast<std::uint64_t>(block.last_seq);
    if (block.is_kept) continue;
    if (auto done = drop(database, block.first_seq); !done) return std::unexpected(done.error());
    --pages;
  }
  if (list->size() == kBlocksAStep) return true;
  if (pages <= 0) return false;
  return drop_kept(database, pages);
}

// The oldest chapters without blocks go, faces first, a step at a time.
std::expected<bool, Error> RetentionSweep::drop_chapters(Sqlite& database) {
  auto empty = database.prepare(
      "SELECT id FROM chapters WHERE id < (SELECT max(id) FROM chapters) AND NOT EXISTS "
      "(SELECT 1 FROM log WHERE first_seq >= chapters.first_seq AND first_seq < "
      "(SELECT min(first_seq) FROM chapters AS next WHERE next.id > chapters.id)) "
      "ORDER BY id LIMIT 1");
  if (!empty) return std::unexpected(std::move(empty).error());
  const auto has_row = empty->step();
  if (!has_row) return std::unexpected(has_row.error());
  if (!*has_row) return false;
  const auto chapter = static_cast<std::uint32_t>(empty->integer(0));
  empty->reset();

  const std::int64_t from = FaceKey{.chapter = chapter, .series = 0, .number = 0}.packed();
  const std::int64_t to = FaceKey{.chapter = chapter + 1, .series = 0, .number = 0}.packed();
  auto faces = database.prepare(
      "DELETE FROM faces WHERE id IN (SELECT id FROM faces WHERE id >= ?1 AND id < ?2 LIMIT ?3)");
  if (!faces) return std::unexpected(std::move(faces).error());
  if (auto done = faces->run(from, to, kBlocksAStep); !done) {
    return std::unexpected(std::move(done).error());
  }
  auto done =
      database.run("DELETE FROM chapters WHERE id = " + std::to_string(chapter) +
                   " AND NOT EXISTS (SELECT 1 FROM faces WHERE id >= " + std::to_string(from) +
                   " AND id < " + std::to_string(to) + ")");
  if (!done) return std::unexpected(std::move(done).error());
  return true;
}

}  // namespace bw
