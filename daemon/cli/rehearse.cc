// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/config/evidence.h"
#include "daemon/notify/outbox.h"
#include "daemon/notify/words.h"
#include "daemon/rehearsal/evaluate.h"
#include "daemon/rehearsal/transpose.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <variant>

namespace bw::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using rehearsal::World;

fs::path folder_of(const RehearseOptions& options) {
  if (!options.world.empty()) return options.world;
  return fs::path(options.incident).parent_path() / ".." / "worlds" /
         rehearsal::world_of(options.incident);
}

std::string offset(const World& world, Time at) {
  const auto passed = at - world.t0();
  return (passed < Millis{0} ? "-" : "+") + print_duration(passed < Millis{0} ? -passed : passed);
}

std::expected<Config, int> read_config(const std::string& path) {
  auto config = load_config(path, ConfigSources::standing_in(rehearsal::kCanaryPassword));
  if (config) return std::move(*config);
  print_errors(config.error());
  return std::unexpected(kFound);
}

std::string join(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

// A configuration of the world's own hosts, or one that was put in its place.
using Cast = std::variant<Config, rehearsal::Transposed>;

std::expected<Cast, int> cast(const RehearseOptions& options,
                              const fs::path& folder,
                              const World& world) {
  const auto own = (folder / "bellwether.toml").string();
  auto config = read_config(options.config.empty() ? own : options.config);
  if (!config) return std::unexpected(config.error());
  if (rehearsal::is_at_home(*config, world)) return std::move(*config);
  const auto books = read_config(own);
  if (!books) return std::unexpected(books.error());
  auto transposed = rehearsal::transpose(*config, *books);
  if (transposed.pairs.empty()) {
    print_errors({{.what = "nothing that this configuration looks at has its like in the world \"" +
                           std::string(world.world_name()) + "\"",
                   .where = options.config,
                   .hint = "give its targets a function whose title says what customers do"}});
    return std::unexpected(kFound);
  }
  return transposed;
}

void print_cast(const rehearsal::Transposed& cast, const Common& common) {
  std::printf("%s\n",
              paint(common, 1, "Your targets, and what each looks at in the book:").c_str());
  for (const auto& pair : cast.pairs)
    std::printf("  %-28s %s\n", pair.mine.c_str(), pair.where.c_str());
  const auto print_list = [](std::string_view what, const std::vector<std::string>& list) {
    if (list.empty()) return;
    std::printf("%s\n", fmt::format("{}: {}", what, join(list)).c_str());
  };
  print_list("Nothing like these in the book, left out", cast.left_out);
  print_list("In the book, but not watched by you", cast.unwatched);
  print_list(
      "Providers in the book without one of yours in that role (their failures look like your "
      "own)",
      cast.strangers);
  std::printf("\n");
}

ordered_json json_of(const rehearsal::Transposed& cast) {
  ordered_json targets = ordered_json::object();
  for (const auto& pair : cast.pairs)
    targets[pair.mine] = pair.where;
  return {{"targets", targets},
          {"left_out", cast.left_out},
          {"unwatched", cast.unwatched},
          {"strangers", cast.strangers}};
}

// Prints what is said and, by the configuration's own routes, to whom.
class Telling {
 public:
  Telling(const World& world, const Config& config, const Common& common)
      : world_(world),
        config_(config),
        common_(common),
        outbox_(config.destinations, config.routes) {}

  void take(const Ruling& ruling) {
    const auto told = told_of(ruling);
    if (!told) return;
    const auto to = told_to(ruling, told->incident->verdict.at);
    if (common_.is_json) {
      json_.push_back({{"event", told->event},
                       {"what", told->what},
                       {"told", to},
                       {"incident", cli::json_of(*told->incident)}});
    } else {
      print_line(*told);
      if (!to.empty()) std::printf("  told: %s\n", join(to).c_str());
    }
  }

  void note(const World::Note& note) const {
    const bool is_before = note.at < world_.t0() - std::chrono::hours{1};
    if (common_.is_json || note.text.empty() || is_before) return;
    std::printf("%s  %s %s\n",
                paint(common_, 1, offset(world_, note.at)).c_str(),
                paint(common_, 90, note.is_start ? "really happens:" : "really over:").c_str(),
                note.text.c_str());
  }
  [[nodiscard]] const ordered_json& json() const { return json_; }

 private:
  [[nodiscard]] std::vector<std::string> told_to(const Ruling& ruling, Time at) {
    std::vector<std::string> to;
    const auto notice = compose_notice(config_.estate, ruling, config_.web.external_url);
    if (!notice) return to;
    for (const auto& parcel : outbox_.add(*notice, at)) {
      if (parcel.key.starts_with(notice->key + "@")) to.push_back(parcel.destination);
    }
    return to;
  }

  void print_line(const Told& line) const {
    std::printf("%s  INC-%llu %s%s%s\n",
                paint(common_, 1, offset(world_, line.incident->verdict.at)).c_str(),
                static_cast<unsigned long long>(line.incident->id),
                line.event,
                line.what.empty() ? "" : ": ",
                line.what.c_str());
    std::printf("%s", show(line.incident->verdict, &config_.estate, common_).c_str());
  }

  const World& world_;
  const Config& config_;
  const Common& common_;
  Outbox outbox_;
  ordered_json json_ = ordered_json::array();
};

void print_score(const rehearsal::Score& score,
                 const Telling& telling,
                 const rehearsal::Transposed* transposed,
                 const Common& common) {
  const auto summary = cli::json_of(score);
  if (common.is_json) {
    ordered_json document{{"summary", summary}, {"rulings", telling.json()}};
    if (transposed != nullptr) document["cast"] = json_of(*transposed);
    std::printf("%s\n", document.dump(2).c_str());
    return;
  }
  if (transposed != nullptr && transposed->config.destinations.empty()) {
    std::printf("Nobody would have been told: no [[destination]] is configured.\n");
  }
  std::printf("\n%s\n", summary.dump(2).c_str());
}

}  // namespace

int rehearse(const RehearseOptions& options, const Common& common) {
  const auto folder = folder_of(options);
  auto world = World::load((folder / "world.toml").string(), options.incident, options.seed);
  if (!world) {
    print_errors(world.error());
    return kCannot;
  }
  const auto played = cast(options, folder, *world);
  if (!played) return played.error();
  const auto* const transposed = std::get_if<rehearsal::Transposed>(&*played);
  const auto& config = transposed != nullptr ? transposed->config : std::get<Config>(*played);
  if (transposed != nullptr && !common.is_json) print_cast(*transposed, common);
  Telling telling(*world, config, common);
  const auto judged = rehearsal::play_and_judge(
      *world,
      config,
      builtin_evidence(),
      {.vantages =
           options.vantage.empty() ? std::vector<std::string>{} : std::vector{options.vantage},
       .quiet_interval = options.quiet_interval},
      {.on_ruling = [&](const Ruling& ruling) { telling.take(ruling); },
       .on_note = [&](const World::Note& note) { telling.note(note); },
       .rewords =
           [&](Announcement& announcement) {
             return transposed == nullptr || rehearsal::reword(*transposed, announcement);
           }});
  auto score = rehearsal::score(*world, judged);
  if (transposed != nullptr) score.culprit = rehearsal::mine_of(*transposed, score.culprit);
  print_score(score, telling, transposed, common);
  const bool is_cyber_incident = world->truth().label == "cyber";
  return judged.suspected.has_value() == is_cyber_incident ? kFine : kFound;
}

}  // namespace bw::cli
