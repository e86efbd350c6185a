// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/config/evidence.h"
#include "daemon/config/nearest.h"
#include "daemon/notify/notifier.h"
#include "daemon/verdict/catalog_info.h"
#include "daemon/verdict/rule.h"
#include "probes/probe.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

using nlohmann::ordered_json;

void print_line(const Common& common, std::string_view name, std::string_view about) {
  std::printf("%s  %s\n", paint(common, 1, std::string(name)).c_str(), std::string(about).c_str());
}

ordered_json weights_of(const Weights& weights) {
  ordered_json json = ordered_json::object();
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    if (weights.at(h) != 0) json[std::string(print(static_cast<Hypothesis>(h)))] = weights.at(h);
  }
  return json;
}

void list_probes(const Common& common) {
  ordered_json json = ordered_json::array();
  for (const auto* kind : probe_kinds()) {
    if (!common.is_json) print_line(common, kind->name, kind->about);
    ordered_json settings = ordered_json::array();
    for (const auto& setting : kind->settings) {
      if (!common.is_json) {
        std::printf("    %-18s %-16s %s%s\n",
                    std::string(setting.key).c_str(),
                    std::string(setting.type).c_str(),
                    setting.is_required ? "(required) " : "",
                    std::string(setting.about).c_str());
      }
      settings.push_back({{"key", setting.key},
                          {"type", setting.type},
                          {"required", setting.is_required},
                          {"about", setting.about}});
    }
    json.push_back({{"name", kind->name}, {"about", kind->about}, {"settings", settings}});
  }
  if (common.is_json) std::printf("%s\n", json.dump(2).c_str());
}

void print_signal(std::string_view name, const SignalWeight& weight) {
  std::string text;
  const auto weights = weights_of(weight.weights);
  for (const auto& [hypothesis, decibans] : weights.items()) {
    text += (text.empty() ? "" : ", ") + hypothesis + " " + (decibans.get<int>() > 0 ? "+" : "") +
            decibans.dump();
  }
  std::printf("    %-36s %s\n", std::string(name).c_str(), text.c_str());
}

void list_rules(const Common& common) {
  ordered_json json = ordered_json::array();
  const auto& weights = builtin_evidence();
  for (const auto* rule : all_rules()) {
    if (!common.is_json) {
      print_line(common, rule->name, rule->question);
      std::printf("    taught by: %s\n    fooled by: %s\n",
                  std::string(rule->teacher).c_str(),
                  std::string(rule->fooled_by).c_str());
    }
    ordered_json signals = ordered_json::array();
    for (const auto signal : rule->signals) {
      const auto& weight = weights.signals.find(signal)->second;
      if (!common.is_json) print_signal(signal, weight);
      signals.push_back({{"name", signal},
                         {"group", print(weight.group)},
                         {"decibans", weights_of(weight.weights)},
                         {"half_life_s", weight.half_life.count() / 1000},
                         {"why", weight.why}});
    }
    json.push_back({{"name", rule->name},
                    {"question", rule->question},
                    {"teacher", rule->teacher},
                    {"fooled_by", rule->fooled_by},
                    {"signals", signals}});
  }
  if (common.is_json) std::printf("%s\n", json.dump(2).c_str());
}

void list_notifiers(const Common& common) {
  ordered_json json = ordered_json::array();
  for (const auto* notifier : notifiers()) {
    if (!common.is_json) print_line(common, notifier->name, notifier->about);
    json.push_back({{"name", notifier->name}, {"about", notifier->about}});
  }
  if (common.is_json) std::printf("%s\n", json.dump(2).c_str());
}

}  // namespace

int list(const std::string& what, const Common& common) {
  if (what == "probes") {
    list_probes(common);
  } else if (what == "rules") {
    list_rules(common);
  } else if (what == "notifiers") {
    list_notifiers(common);
  } else {
    const std::array<std::string_view, 3> known{"probes", "rules", "notifiers"};
    const auto near = nearest(what, known);
    std::fprintf(stderr,
                 "bellwether: there is no list of \"%s\"; %s\n",
                 what.c_str(),
                 near.empty() ? "there are probes, rules and notifiers"
                              : ("did you mean \"" + std::string(near) + "\"?").c_str());
    return kUsage;
  }
  return kFine;
}

}  // namespace bw::cli
