// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/evaluate.h"

#include "daemon/config/config.h"
#include "daemon/config/document.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>

namespace bw::rehearsal {
namespace {

namespace fs = std::filesystem;

struct Book {
  std::vector<World> worlds;  // one an incident
  std::map<std::string, Config, std::less<>> configs;
};

void add(std::vector<Error>& all, std::vector<Error> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::expected<Book, std::vector<Error>> open(const std::vector<std::string>& incidents,
                                             const std::string& folder) {
  Book book;
  std::vector<Error> errors;
  for (const auto& incident : incidents) {
    const auto name = world_of(incident);
    const auto place = fs::path(folder) / name;
    auto world = World::load((place / "world.toml").string(), incident);
    if (!world) {
      add(errors, std::move(world.error()));
      continue;
    }
    book.worlds.push_back(std::move(*world));
    if (book.configs.contains(name)) continue;
    auto config = load_config((place / "bellwether.toml").string(),
                              ConfigSources::standing_in(kCanaryPassword));
    if (config) {
      book.configs.emplace(name, std::move(*config));
    } else {
      add(errors, std::move(config.error()));
    }
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return book;
}

class Evaluation {
 public:
  Evaluation(const Book& book,
             const EvaluateSettings& settings,
             const EvaluateProgress& on_progress)
      : book_(book), settings_(settings), on_progress_(on_progress), order_(book.worlds.size()) {
    judged_.resize(book.worlds.size());
    // The longest first, so that no thread is left with one at the end.
    std::iota(order_.begin(), order_.end(), 0U);  // NOLINT(modernize-use-ranges): not in g++ 12
    std::ranges::stable_sort(order_, std::greater{}, [&](std::size_t i) {
      return book_.worlds[i].end() - book_.worlds[i].t0();
    });
  }

  void run() {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < settings_.threads; ++i)
      threads.emplace_back([this] { work(); });
    work();
  }
  std::vector<std::vector<Judged>> take() { return std::move(judged_); }

 private:
  void work() {
    for (auto i = next(); i < order_.size(); i = next()) {
      const auto incident = order_[i];
      const auto& world = book_.worlds[incident];
      judged_[incident] = play_and_judge(world,
                                         book_.configs.find(world.world_name())->second,
                                         settings_.weights,
                                         settings_.judge,
                                         {});
      const std::scoped_lock guard(mutex_);
      ++done_;
      if (on_progress_) on_progress_(done_, order_.size());
    }
  }
  std::size_t next() {
    const std::scoped_lock guard(mutex_);
    return next_++;
  }

  const Book& book_;
  const EvaluateSettings& settings_;
  const EvaluateProgress& on_progress_;
  std::vector<std::size_t> order_;
  std::vector<std::vector<Judged>> judged_;  // each written by one thread
  std::mutex mutex_;
  std::size_t next_ = 0;  // guarded by mutex_, like done_
  std::size_t done_ = 0;
};

int to_decibans(double ratio) {
  return static_cast<int>(std::lround(10 * std::log10(ratio)));
}

}  // namespace

std::string world_of(const std::string& incident) {
  std::ifstream file(incident, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto document = config::parse_document(text);
  const auto* root = std::get_if<config::Node>(&document);
  if (root == nullptr) return {};
  const auto* table = std::get_if<config::Table>(&root->value);
  for (const auto& entry : table == nullptr ? config::Table{} : *table) {
    const auto* name = std::get_if<std::string>(&entry.node.value);
    if (entry.key == "world" && name != nullptr) return *name;
  }
  return {};
}

std::expected<std::vector<std::vector<Score>>, std::vector<Error>> evaluate(
    const std::vector<std::string>& incidents,
    const EvaluateSettings& settings,
    const EvaluateProgress& on_progress) {
  const auto book = open(incidents, settings.worlds);
  if (!book) return std::unexpected(book.error());
  Evaluation evaluation(*book, settings, on_progress);
  evaluation.run();
  const auto judged = evaluation.take();
  std::vector<std::vector<Score>> scores(settings.weights.size());
  for (std::size_t v = 0; v < scores.size(); ++v) {
    for (std::size_t i = 0; i < judged.size(); ++i)
      scores[v].push_back(score(book->worlds[i], judged[i][v]));
  }
  return scores;
}

EvidenceWeights vary(const EvidenceWeights& weights, double cyber, double factor) {
  auto varied = weights;
  double was = 0;
  double all = 0;
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    const double share = std::pow(10, weights.prior.at(h) / 10.0);
    all += share;
    if (h >= kBenign) was += share;
  }
  const double odds = was / (all - was);
  const int shift = to_decibans(cyber / (1 - cyber) / odds);
  for (std::size_t h = kBenign; h < kHypotheses; ++h) {
    varied.prior.at(h) += shift;
    varied.integrity_prior.at(h) += shift;
  }
  for (auto& [name, signal] : varied.signals) {
    for (auto& weight : signal.weights)
      weight = static_cast<int>(std::lround(weight * factor));
  }
  return varied;
}

}  // namespace bw::rehearsal
