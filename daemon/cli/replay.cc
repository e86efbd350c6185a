// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/cli/past.h"
#include "daemon/cli/show.h"
#include "daemon/config/evidence.h"
#include "daemon/verdict/judge.h"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

using nlohmann::ordered_json;

// The time that an option says, or `otherwise` where it is not given; complains about any other
// text.
std::optional<Time> time_option(const std::string& text, const char* name, Time otherwise) {
  if (text.empty()) return otherwise;
  const auto at = parse_time(text);
  if (!at) {
    print_errors({Error{.what = "\"" + text + "\" is not a time",
                        .where = name,
                        .hint = "write RFC 3339, such as 2025-04-19T10:00:00Z"}});
  }
  return at;
}

struct Span {
  Time from{};
  Time to{};
};
std::optional<Span> span_of(const ReplayOptions& options) {
  const auto from = time_option(options.from, "--from", Time::min());
  const auto to = time_option(options.to, "--to", Time::max());
  if (!from || !to) return std::nullopt;
  return Span{.from = *from, .to = *to};
}

// Counts the inputs and, on a terminal, says now and then how far it is.
class Progress {
 public:
  void count(Time at) {
    if (++inputs_ % kSaidEvery != 0 || !is_shown_) return;
    std::fprintf(stderr,
                 "\r%s  %llu inputs",
                 print_time(at).c_str(),
                 static_cast<unsigned long long>(inputs_));
  }
  void wipe() const {
    if (inputs_ >= kSaidEvery && is_shown_) std::fprintf(stderr, "\r\033[K");
  }
  [[nodiscard]] std::uint64_t inputs() const { return inputs_; }

 private:
  static constexpr std::uint64_t kSaidEvery = 100'000;
  std::uint64_t inputs_ = 0;
  bool is_shown_ = isatty(STDERR_FILENO) != 0;
};

// Tells the rulings: line by line, or as one JSON array in the end.
class Teller {
 public:
  Teller(const Estate& estate, const Common& common) : estate_(estate), common_(common) {}

  void tell(const Ruling& ruling) {
    const auto told = told_of(ruling);
    if (!told) return;
    if (common_.is_json) {
      json_.push_back(
          {{"event", told->event}, {"what", told->what}, {"incident", json_of(*told->incident)}});
      return;
    }
    const auto& verdict = told->incident->verdict;
    std::printf("%s  INC-%llu %s%s%s\n    %s\n",
                print_time(verdict.at).c_str(),
                static_cast<unsigned long long>(told->incident->id),
                told->event,
                told->what.empty() ? "" : ": ",
                told->what.c_str(),
                paint(common_, color_of(verdict.level), summary(verdict, &estate_)).c_str());
  }

  void finish(std::uint64_t inputs, std::uint64_t skipped) const {
    if (common_.is_json) {
      std::printf("%s\n", json_.dump(2).c_str());
      return;
    }
    std::string left_out;
    if (skipped != 0) {
      left_out = ", " + std::to_string(skipped) +
                 " of targets that the configuration no longer has left out";
    }
    std::printf(
        "%llu inputs judged%s\n", static_cast<unsigned long long>(inputs), left_out.c_str());
  }

 private:
  const Estate& estate_;
  const Common& common_;
  ordered_json json_ = ordered_json::array();
};

}  // namespace

int replay(const ReplayOptions& options, const Common& common) {
  const auto span = span_of(options);
  if (!span) return kUsage;
  auto past = open_past(options.journal, options.config);
  if (!past) {
    print_errors(past.error());
    return kCannot;
  }
  const auto& config = past->config;
  if (!config) {
    print_errors({Error{.what = "replay judges again, so it needs to know the estate",
                        .where = {},
                        .hint = "give --config FILE"}});
    return kUsage;
  }
  const auto& estate = config->estate;
  const auto weights = evidence_of(config->evidence_file);
  if (!weights) {
    print_errors(weights.error());
    return kFound;
  }
  Judge judge(estate, *weights);
  Progress progress;
  Teller teller(estate, common);
  const auto skipped = past->journal->read(estate, 0, [&](Input&& input) {
    const auto at = at_of(input);
    if (at > span->to) return false;
    progress.count(at);
    for (const auto& ruling : judge.step(input)) {
      if (at >= span->from) teller.tell(ruling);
    }
    return true;
  });
  progress.wipe();
  if (!skipped) {
    print_errors({skipped.error()});
    return kCannot;
  }
  teller.finish(progress.inputs(), *skipped);
  return kFine;
}

}  // namespace bw::cli
