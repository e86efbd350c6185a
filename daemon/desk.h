// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config.h"
#include "daemon/journal/journal.h"
#include "daemon/loop.h"
#include "daemon/net/net.h"
#include "daemon/notify/outbox.h"
#include "daemon/prober.h"
#include "daemon/verdict/judge.h"
#include "daemon/verdict/weights.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bw {

// One configuration at work: what it watches, judges and tells. A reload makes a new desk from the
// old one's state; replies to the old one's questions are dropped. Everything runs in the loop.
class Desk {
 public:
  struct Edges {  // what it is connected to; all outlive it
    Loop& loop;
    Transport& transport;
    Journal& journal;
  };
  struct Hooks {  // for the terminal of a rehearsal; may be empty
    std::function<void(const Ruling&)> on_ruling;
    std::function<void(const Notice&)> on_notice;
    std::function<void(Time)> on_turn;  // a few times a second
    std::function<std::vector<Announcement>(Time from, Time to)> take_announcements;
  };
  struct Counts {
    std::uint64_t observations = 0;
    std::uint64_t second_looks = 0;
    double judge_seconds = 0;
    std::vector<std::uint64_t> looks;  // by target, since start
    std::vector<std::uint64_t> failures;
  };

  Desk(Config config, EvidenceWeights weights, Edges edges, Hooks hooks, Millis interval_min);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Before `start`: the state as the journal has it. Inputs after the checkpoint are judged again;
  // what they had led to is in the journal already, or is made good now.
  [[nodiscard]] std::expected<void, Error> restore(JournalReader& reader);
  // The same from a desk that is being replaced.
  void take_over(const Desk& before);
  void start();

  // Judges what the journal has committed (or everything, while it cannot). Called when woken.
  void judge();
  void take(OperatorNote note);
  void take(Announcement announcement);
  // Asks for a checkpoint now; done by itself every five minutes.
  void put_checkpoint();

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const Judge& judge_state() const { return judge_; }
  [[nodiscard]] const Outbox& outbox() const { return outbox_; }
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }  // for the journal
  [[nodiscard]] VantageIndex vantage() const { return vantage_; }
  // Of a journey, at the latest look; empty for other kinds.
  [[nodiscard]] const std::vector<StepTime>& steps(TargetIndex target) const {
    return steps_.at(target);
  }
  // Every target has been looked at once.
  [[nodiscard]] bool has_seen_all() const;

 private:
  struct Sending {  // one notice to one destination, over one or several exchanges
    std::string key;
    const Notifier* notifier = nullptr;
    std::size_t asks = 0;
    std::vector<Delivery> results;
  };
  void probe_due();
  void ask(Prober::Ready ready);
  void on_reply(std::uint64_t id, const Reply& reply);
  void record(Input input);
  void rule(const std::vector<Ruling>& rulings, bool is_replay);
  void look_again(const SecondLook& look);
  void tell(const Ruling& ruling, bool is_replay);
  void deliver();
  void send(OutboxSend send);
  void on_delivery(Sending& sending, const Reply& reply);
  void settle(const std::string& key, const Delivery& result, Time now);
  void tick();
  void plan(Loop::Timer& timer, Time at, void (Desk::*what)());

  Config config_;
  EvidenceWeights weights_;
  Edges edges_;
  Hooks hooks_;
  VantageIndex vantage_ = 0;
  Judge judge_;
  Prober prober_;
  Outbox outbox_;
  std::deque<Input> waiting_;  // appended, not yet committed
  Counts counts_;
  std::vector<std::vector<StepTime>> steps_;  // by target
  Time checkpoint_at_{};
  Time look_budget_since_{};
  int looks_left_ = 0;
  Loop::Timer probe_timer_ = 0;
  Loop::Timer tick_timer_ = 0;
  Loop::Timer deliver_timer_ = 0;
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true);  // replies may come after we are gone
};

}  // namespace bw
