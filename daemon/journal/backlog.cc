// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/backlog.h"

#include <algorithm>
#include <array>
#include <limits>

namespace bw {
namespace {

bool is_replaced_by(const Chore& older, const Chore& newer) {
  if (older.index() != newer.index()) return false;
  if (std::holds_alternative<JournalReader::Checkpoint>(newer)) return true;
  const auto* const parcel = std::get_if<Parcel>(&newer);
  return parcel != nullptr && std::get<Parcel>(older).key == parcel->key;
}

}  // namespace

void Backlog::add(Entry entry, Worth worth) {
  if (inputs() >= inputs_max_) {
    const std::array queues{&steady_, &observations_, &words_};
    const auto* const least =
        std::ranges::find_if(queues, [](const auto* queue) { return !queue->empty(); });
    if (least != queues.end()) (*least)->pop_front();
    ++dropped_;
  }
  last_seq_ = entry.input.seq;
  switch (worth) {
    case Worth::steady:
      steady_.push_back(std::move(entry));
      break;
    case Worth::observation:
      observations_.push_back(std::move(entry));
      break;
    case Worth::words:
      words_.push_back(std::move(entry));
      break;
  }
}

void Backlog::add(Chore chore) {
  std::erase_if(chores_,
                [&chore](const Waiting& older) { return is_replaced_by(older.chore, chore); });
  if (chores_.size() >= kChoresMax) {
    chores_.pop_front();
    ++dropped_;
  }
  chores_.push_back({.after = last_seq_, .number = ++puts_, .chore = std::move(chore)});
}

Batch Backlog::take(std::size_t inputs_max) {
  Batch batch;
  batch.series = std::exchange(series_, {});
  const std::array queues{&steady_, &observations_, &words_};
  const auto seq_of = [](const std::deque<Entry>* queue) {
    return queue->empty() ? std::numeric_limits<std::uint64_t>::max() : queue->front().input.seq;
  };
  batch.entries.reserve(std::min(inputs_max, inputs()));
  while (batch.entries.size() < inputs_max && inputs() > 0) {
    auto* const oldest = *std::ranges::min_element(queues, {}, seq_of);
    batch.entries.push_back(std::move(oldest->front()));
    oldest->pop_front();
  }
  const std::uint64_t next = seq_of(*std::ranges::min_element(queues, {}, seq_of));
  while (!chores_.empty() && chores_.front().after < next) {
    batch.puts = chores_.front().number;
    batch.chores.push_back(std::move(chores_.front().chore));
    chores_.pop_front();
  }
  return batch;
}

std::size_t Backlog::inputs() const {
  return steady_.size() + observations_.size() + words_.size();
}

bool Backlog::is_steady() const {
  return observations_.empty() && words_.empty() && chores_.empty();
}

}  // namespace bw
