// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/target_keys.h"
#include "daemon/config/values.h"

#include <algorithm>
#include <array>

// [[target.step]] and [target.secrets] of a journey.
namespace bw::config {
namespace {

constexpr std::size_t kCapturesMax = 10;  // of a step
constexpr std::size_t kFieldsMax = 100;   // of a form
constexpr std::size_t kSecretsMax = 20;

// The keys of a step that mean what they mean in a [[target]], in the order in which they are read.
constexpr auto kSharedKeys = std::to_array<std::string_view>({"method",
                                                              "headers",
                                                              "body",
                                                              "expect_status",
                                                              "expect_text",
                                                              "reject_text",
                                                              "expect_json",
                                                              "slow"});

// What a step may use: the secrets, and what the steps before it captured.
using Names = std::vector<std::string>;

bool is_among(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string_view> views_of(const Names& names) {
  return {names.begin(), names.end()};
}

void check_name(Section& section, Position at, std::string_view name) {
  if (is_variable_name(name)) return;
  section.problem(at,
                  in_quotes(name) + " cannot be the name of a variable",
                  "it is of letters, digits and \"_\", and begins with no digit");
}

// Reports variables that nobody gives a value.
void check_variables(Section& section,
                     Position at,
                     std::string_view key,
                     std::string_view text,
                     const Names& known) {
  for (const auto name : variables_in(text)) {
    if (is_among(known, name)) continue;
    section.problem(at,
                    in_quotes(key) + " uses {" + std::string(name) +
                        "}, which is no secret and which no step before captures",
                    did_you_mean(name,
                                 views_of(known),
                                 "capture it in a step before; braces that mean themselves need "
                                 "a blank inside"));
  }
}

// An address with its variables, each of which stands for one part of a path or query.
std::string read_step_url(Section& section, const Spec& journey, const Names& known) {
  std::string url = section.required_text("url", "write what the step asks for");
  const Position at = section.at("url");
  if (url.empty() || !check_url(section, at, "url", url)) return {};
  check_variables(section, at, "url", url, known);
  for (const auto name : variables_in(url)) {
    if (!journey.secrets.contains(name)) continue;
    section.problem(at,
                    "\"url\" uses {" + std::string(name) + "}, a secret: addresses end in logs",
                    "send it in a form, a body or a header");
  }
  return url;
}

// Names of fields whose values nobody writes into a file that others read.
bool is_secret_field(std::string_view name) {
  constexpr auto kParts =
      std::to_array<std::string_view>({"passw", "passphrase", "passcode", "secret", "pwd", "cvv"});
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const bool is_pin = lower == "pin" || lower.ends_with("_pin") || lower.ends_with("-pin");
  return is_pin || std::ranges::any_of(kParts, [&lower](std::string_view part) {
           return lower.find(part) != std::string::npos;
         });
}

void read_form_field(Section& form, const Entry& field, const Names& known, JourneyStep& step) {
  const auto value = scalar_text(field.node);
  if (!value) {
    form.problem(field.node.at,
                 in_quotes(field.key) + " must be a text, an integer or true or false, not " +
                     std::string(type_of(field.node)));
    return;
  }
  check_variables(form, field.node.at, field.key, *value, known);
  if (is_secret_field(field.key) && !value->empty() && variables_in(*value).empty()) {
    form.problem(field.node.at,
                 in_quotes(field.key) + " is a secret and must not stand in this file",
                 "name it in [target.secrets], such as password_file = \"/path\", and write " +
                     field.key + " = \"{password}\"");
  }
  step.form.emplace_back(field.key, *value);
}

void read_form(Section& section, const Names& known, JourneyStep& step) {
  auto form = section.table("form");
  if (!form) return;
  const auto& method = step.request.method;
  if (method != "POST" && method != "PUT" && method != "PATCH") {
    section.problem(section.at("form"),
                    "a " + method + " request has no form",
                    R"(write method = "POST", or put the fields into the url)");
  }
  if (section.has("body")) {
    section.problem(
        section.at("form"), R"("body" and "form" exclude each other)", "keep one of them");
  }
  const auto& fields = std::get<Table>(section.find("form")->value);
  if (fields.size() > kFieldsMax) {
    section.problem(section.at("form"), "\"form\" has more than 100 fields");
    return;
  }
  for (const auto& field : fields)
    read_form_field(*form, field, known, step);
}

// Variables in a body are escaped as JSON is; how it would be done elsewhere nobody has said.
void check_body(Section& section, const Names& known, const JourneyStep& step) {
  const auto& body = step.request.body;
  if (body.empty() || variables_in(body).empty()) return;
  const auto begin = body.find_first_not_of(" \t\r\n");
  if (begin != std::string::npos && (body[begin] == '{' || body[begin] == '[')) {
    check_variables(section, section.at("body"), "body", body, known);
    return;
  }
  section.problem(section.at("body"),
                  "\"body\" uses {" + std::string(variables_in(body).front()) +
                      "}, but is not JSON: variables stand in JSON and in forms",
                  "write form = { ... } for what a browser's form sends");
}

void check_headers(Section& section, const Names& known) {
  const auto* node = section.find("headers");
  const auto* headers = node == nullptr ? nullptr : std::get_if<Table>(&node->value);
  if (headers == nullptr) return;
  for (const auto& header : *headers) {
    const auto* value = std::get_if<std::string>(&header.node.value);
    if (value != nullptr) check_variables(section, header.node.at, header.key, *value, known);
  }
}

// { field = NAME }, { json = KEY }, { header = NAME } or { after = TEXT, before = TEXT }
std::optional<Capture> read_capture(Section& section) {
  constexpr std::string_view kHint =
      R"(write { field = "csrf_token" }, { json = "basket.id" }, { header = "X-Token" } or )"
      R"({ after = "token: '", before = "'" })";
  struct Form {
    std::string_view key;
    Capture::From from;
  };
  constexpr auto kForms = std::to_array<Form>({{.key = "field", .from = Capture::From::field},
                                               {.key = "json", .from = Capture::From::json},
                                               {.key = "header", .from = Capture::From::header},
                                               {.key = "after", .from = Capture::From::between}});
  Capture place;
  std::size_t given = 0;
  for (const auto& form : kForms) {
    auto text = section.text(form.key);
    if (!section.has(form.key)) continue;
    ++given;
    place.from = form.from;
    place.what = std::move(text);
  }
  place.end = section.text("before");
  const bool is_between = place.from == Capture::From::between;
  section.finish();
  if (given == 1 && section.has("before") == is_between) return place;
  section.problem(
      section.at(), "a value is captured in one way, which must be whole", std::string(kHint));
  return std::nullopt;
}

void read_captures(Section& section, const Spec& journey, JourneyStep& step) {
  auto captures = section.table("capture");
  if (!captures) return;
  const auto names = captures->keys();
  if (names.size() > kCapturesMax) {
    section.problem(section.at("capture"), "a step captures at most 10 values");
    return;
  }
  for (const auto name : names) {
    check_name(*captures, captures->at(name), name);
    if (journey.secrets.contains(name)) {
      captures->problem(captures->at(name), in_quotes(name) + " is the name of a secret already");
    }
    auto table = captures->table(name);
    if (!table) continue;
    if (auto place = read_capture(*table)) {
      place->name = std::string(name);
      step.captures.push_back(*std::move(place));
    }
  }
}

// Whoever writes keys of the target below its steps writes them into the last step.
void refuse_targets_keys(Section& section) {
  constexpr auto kTargets = std::to_array<std::string_view>({"id",
                                                             "kind",
                                                             "function",
                                                             "owner",
                                                             "role",
                                                             "surface",
                                                             "sensitive",
                                                             "needs",
                                                             "soft",
                                                             "interval",
                                                             "deadline",
                                                             "redirects_max",
                                                             "body_bytes_max",
                                                             "ca_file",
                                                             "verify"});
  for (const auto key : kTargets) {
    section.refuse(key,
                   in_quotes(key) + " belongs to the target, not to one of its steps",
                   "write it above the first [[target.step]]");
  }
}

std::string read_step_name(Section& section, const Names& taken) {
  auto name = section.required_text("name", "say what a customer does there: name = \"basket\"");
  if (name.size() > kStepNameMax || has_control(name)) {
    section.problem(section.at("name"), "\"name\" must be one line of at most 60 bytes");
  } else if (!name.empty() && is_among(taken, name)) {
    section.problem(section.at("name"), "another step of this journey is " + in_quotes(name));
  }
  return name;
}

JourneyStep read_step(Reading& reading, Section& section, const Spec& journey, const Names& known) {
  JourneyStep step;
  auto& request = step.request;
  request.slow = reading.defaults.slow;
  request.url = read_step_url(section, journey, known);
  for (const auto key : kSharedKeys)
    find_target_key(key)->read(reading, section, request);
  read_form(section, known, step);
  check_body(section, known, step);
  check_headers(section, known);
  read_captures(section, journey, step);
  refuse_targets_keys(section);
  return step;
}

}  // namespace

void read_secrets(Reading& reading, Section& section, Spec& spec) {
  auto table = section.table("secrets");
  if (!table) return;
  if (table->keys().size() > kSecretsMax) {
    section.problem(section.at("secrets"), "a journey has at most 20 secrets");
    return;
  }
  for (const auto key : table->keys()) {
    std::string name(key);
    for (const std::string_view suffix : {"_file", "_credential"}) {
      if (!key.ends_with(suffix)) continue;
      name.resize(name.size() - suffix.size());
      break;
    }
    if (spec.secrets.contains(name)) continue;  // its other form; read_secret has complained
    check_name(*table, table->at(key), name);
    spec.secrets.emplace(name, read_secret(reading, *table, name));
  }
}

void read_steps(Reading& reading, Section& section, Spec& spec) {
  auto steps = section.tables("step", "name");
  if (steps.size() > kStepsMax) {
    steps[kStepsMax].problem(steps[kStepsMax].at(), "a journey has at most 20 steps");
    return;
  }
  Names known;
  Names taken;
  for (const auto& [name, value] : spec.secrets)
    known.push_back(name);
  check_headers(section, known);
  for (auto& each : steps) {
    const auto name = read_step_name(each, taken);
    auto step = read_step(reading, each, spec, known);
    each.finish();
    step.name = name;
    taken.push_back(name);
    for (const auto& place : step.captures)
      known.push_back(place.name);
    spec.steps.push_back(std::move(step));
  }
  if (!spec.steps.empty()) spec.url = spec.steps.front().request.url;
}

}  // namespace bw::config
