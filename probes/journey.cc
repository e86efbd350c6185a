// SPDX-License-Identifier: Apache-2.0
#include "probes/api_answer.h"
#include "probes/capture.h"
#include "probes/catalog.h"
#include "probes/escape.h"
#include "probes/http_look.h"
#include "probes/text.h"

#include <algorithm>
#include <array>
#include <numeric>

// Walks through what is sold as a customer does: one request after the other, with the cookies and
// the values that the answers before brought. Each step is read as the page or the api kind would
// read it. Nothing tells an order from a look at the basket: the steps that are written must end
// before one.
namespace bw {
namespace {

constexpr auto kSettings = std::to_array<Setting>({
    {.key = "step",
     .type = "list of tables",
     .is_required = true,
     .about = "[[target.step]], at most 20, in order; the last one before anything is ordered"},
    {.key = "step.name",
     .type = "text",
     .is_required = true,
     .about = "what a customer does there, for people and metrics"},
    {.key = "step.url",
     .type = "url",
     .is_required = true,
     .about = "address; \"{name}\" in its path and query is a variable"},
    {.key = "step.method",
     .type = "text",
     .is_required = false,
     .about = "GET unless told otherwise"},
    {.key = "step.headers",
     .type = "table of text",
     .is_required = false,
     .about = "sent to the step's own site; with variables"},
    {.key = "step.form",
     .type = "table of text",
     .is_required = false,
     .about = "sent as a browser sends a form; with variables"},
    {.key = "step.body",
     .type = "text",
     .is_required = false,
     .about = "sent instead; with variables in JSON"},
    {.key = "step.expect_status",
     .type = "list of integer",
     .is_required = false,
     .about = "and expect_text, reject_text, expect_json, slow: as of a page or an api"},
    {.key = "step.capture",
     .type = "table of tables",
     .is_required = false,
     .about = "variable = { field = NAME }, { json = KEY }, { header = NAME } or "
              "{ after = TEXT, before = TEXT }, for the steps after it"},
    {.key = "secrets",
     .type = "table of text",
     .is_required = false,
     .about = "variables for forms, bodies and headers: NAME_file, NAME_credential or \"${ENV}\""},
    {.key = "headers",
     .type = "table of text",
     .is_required = false,
     .about = "sent with each step to the site of the first one; secrets as variables"},
    {.key = "redirects_max",
     .type = "integer",
     .is_required = false,
     .about = "hops that are followed at each step; 5"},
    {.key = "body_bytes_max",
     .type = "integer",
     .is_required = false,
     .about = "bytes that are read of each answer; 1048576"},
    {.key = "slow",
     .type = "duration",
     .is_required = false,
     .about = "a whole journey slower than this is degraded"},
    {.key = "deadline",
     .type = "duration",
     .is_required = false,
     .about = "for the whole journey; three times the usual one"},
    {.key = "ca_file",
     .type = "path",
     .is_required = false,
     .about = "roots to trust instead of the system's"},
    {.key = "verify",
     .type = "boolean",
     .is_required = false,
     .about = "false: report certificate trouble only"},
});

// With a request for each step fewer than the prober allows a look.
constexpr int kHopsMax = 40;
// What is taken out of what a finding says: shorter values are words and numbers of daily life.
constexpr std::size_t kTokenBytesMin = 8;
constexpr std::size_t kNoteMax = 300;

const JourneyStep& step_of(const Spec& spec, const Look& look) {
  return spec.steps.at(static_cast<std::size_t>(look.step));
}

bool is_json(std::string_view body) {
  const auto text = trim(body);
  return text.starts_with('{') || text.starts_with('[');
}

// A step that speaks JSON is a call of an API, any other the visit of a page.
bool is_call(const JourneyStep& step) {
  return is_json(step.request.body) || !step.request.expect_json.empty() ||
         std::ranges::any_of(
             step.captures, [](const Capture& place) { return place.from == Capture::From::json; });
}

std::string as_it_is(std::string_view text) {
  return std::string(text);
}

std::string print_form(const JourneyStep& step, const Variables& values) {
  std::string body;
  for (const auto& [name, value] : step.form) {
    body += (body.empty() ? "" : "&") + encode_form_value(name) + "=" +
            encode_form_value(fill_in(value, values, as_it_is));
  }
  return body;
}

void fill_in_headers(const Spec& journey, const Variables& values, Spec& request) {
  for (auto& header : request.headers)
    header.value = fill_in(header.value, values, as_it_is);
  const auto first = parse_url(journey.steps.front().request.url);
  const auto own = parse_url(request.url);
  if (!first || !own || !is_same_site(*first, *own)) return;
  for (const auto& header : journey.headers) {
    if (!find_header(request.headers, header.name).empty()) continue;
    request.headers.push_back(
        {.name = header.name, .value = fill_in(header.value, journey.secrets, as_it_is)});
  }
}

// The step under way as a look of its own.
Spec request_of(const Spec& spec, const Look& look) {
  const auto& step = step_of(spec, look);
  auto values = look.captured;
  values.insert(spec.secrets.begin(), spec.secrets.end());
  auto request = step.request;
  request.kind = is_call(step) ? "api" : "page";
  request.url = fill_in(request.url, values, percent_encode);
  fill_in_headers(spec, values, request);
  request.body = step.form.empty()
                     ? fill_in(request.body, values, is_json(request.body) ? escape_json : as_it_is)
                     : print_form(step, values);
  request.trust = spec.trust;
  request.body_bytes_max = spec.body_bytes_max;
  request.redirects_max = std::min(spec.redirects_max, kHopsMax - (look.hops - look.redirects));
  return request;
}

Micros time_of(const Look& look) {
  return std::accumulate(
      look.walked.begin(), look.walked.end(), look.phases.total(), [](Micros sum, const auto& one) {
        return sum + one.took;
      });
}

// ---- facts of several steps

// Whose servers they are is said of the first step's host: a target has one place in the world.
constexpr auto kOfHost = std::to_array<Fact>({Fact::address,
                                              Fact::addresses,
                                              Fact::networks,
                                              Fact::cnames,
                                              Fact::name_servers,
                                              Fact::resolver,
                                              Fact::tls_version,
                                              Fact::cert_issuer,
                                              Fact::cert_key,
                                              Fact::cert_names,
                                              Fact::cert_not_before,
                                              Fact::cert_not_after,
                                              Fact::cert_fingerprint});
// What pages load and where they lead adds up over the steps.
constexpr auto kAdded = std::to_array<Fact>({Fact::script_origins,
                                             Fact::scripts,
                                             Fact::inline_scripts,
                                             Fact::integrity,
                                             Fact::form_actions,
                                             Fact::frames,
                                             Fact::fields,
                                             Fact::redirects,
                                             Fact::script_marks});
// And these are about one script of them all.
constexpr auto kOfScript =
    std::to_array<Fact>({Fact::script_traits, Fact::script_targets, Fact::script_suspect});

void add_up(const Facts& before, Facts& facts) {
  for (const auto fact : kAdded) {
    for (const auto member : members(before.get(fact)))
      facts.add_member(fact, std::string(member));
  }
  const auto is_worse = members(before.get(Fact::script_traits)).size() >
                        members(facts.get(Fact::script_traits)).size();
  for (const auto fact : kOfScript) {
    if (is_worse) facts.set(fact, std::string(before.get(fact)));
  }
}

// Baskets and sessions have addresses of their own: who gets what visitors type is what matters.
void shorten_form_actions(Facts& facts) {
  std::vector<std::string> origins;
  for (const auto action : members(facts.get(Fact::form_actions))) {
    const auto url = parse_url(action);
    if (url) origins.push_back(origin_of(*url) + "/");
  }
  facts.set_members(Fact::form_actions, std::move(origins));
}

bool is_at_home(const Spec& spec, const Look& look) {
  const auto first = parse_url(spec.steps.front().request.url);
  return first && look.own && look.own->host == first->host;
}

// The facts of the step that is over with those of the steps before it.
Facts join_facts(const Spec& spec, const Look& look, Facts facts) {
  shorten_form_actions(facts);
  add_up(look.walked_facts, facts);
  const bool is_home = is_at_home(spec, look);
  for (const auto fact : kOfHost) {
    if (is_home && !facts.get(fact).empty()) continue;
    facts.set(fact, std::string(look.walked_facts.get(fact)));
  }
  return facts;
}

// ---- the end

std::string place_of(const Spec& spec, const Look& look) {
  return "step " + std::to_string(look.step + 1) + " of " + std::to_string(spec.steps.size()) +
         ", " + step_of(spec, look).name + ": ";
}

std::vector<std::string> secrets_of(const Spec& spec, const Look& look) {
  std::vector<std::string> secrets;
  for (const auto& [name, value] : spec.secrets)
    secrets.push_back(value);
  for (const auto& [name, value] : look.captured) {
    if (value.size() >= kTokenBytesMin) secrets.push_back(value);
  }
  return secrets;
}

bool is_timeout(Outcome outcome) {
  return outcome == Outcome::dns_timeout || outcome == Outcome::connect_timeout ||
         outcome == Outcome::tls_timeout || outcome == Outcome::reply_timeout ||
         outcome == Outcome::reply_stalled;
}

// A step that came too late to be in time is not all that was slow.
std::string blame_before(const Spec& spec, const Look& look, Outcome outcome) {
  const auto before = std::chrono::duration_cast<Millis>(std::accumulate(
      look.walked.begin(), look.walked.end() - 1, Micros{0}, [](Micros sum, const StepTime& one) {
        return sum + one.took;
      }));
  if (!is_timeout(outcome) || before < spec.deadline / 2) return {};
  return "; the steps before it took " + print_duration(before) + " of " +
         print_duration(spec.deadline);
}

Finding end_at_step(const Spec& spec, const Look& look, Finding finding) {
  const bool is_elsewhere = !is_at_home(spec, look) && phase_of(finding.outcome) == Phase::tls;
  // The certificate that fails is not the one that the facts show.
  if (is_elsewhere) finding.facts.set(Fact::cert_not_after, "");
  if (is_failure(finding.outcome)) finding.facts.set(Fact::journey_step, step_of(spec, look).name);
  finding = without_secrets(std::move(finding), secrets_of(spec, look));
  finding.note = fold(
      place_of(spec, look) + finding.note + blame_before(spec, look, finding.outcome), kNoteMax);
  return finding;
}

// The last step is done: all went well, or a part of it slowly.
Finding arrive(const Spec& spec, Look& look, Finding finding) {
  const auto took = std::chrono::duration_cast<Millis>(time_of(look));
  finding.outcome = Outcome::ok;
  finding.note = look.kept;
  if (finding.note.empty() && spec.slow > Millis{0} && took > spec.slow) {
    finding.note =
        "arrived after " + print_duration(took) + "; slower than " + print_duration(spec.slow);
  }
  if (!finding.note.empty()) finding.outcome = Outcome::degraded;
  return without_secrets(std::move(finding), secrets_of(spec, look));
}

// ---- the way

// Takes in what the step that is over showed, and how long it took.
void take_in(const Spec& spec, Look& look, Finding& finding) {
  finding.facts = join_facts(spec, look, std::move(finding.facts));
  look.walked.push_back({.name = step_of(spec, look).name, .took = look.phases.total()});
  look.phases = {};
}

// Ends the step under way before an answer was read.
Finding give_up(const Spec& spec, Look& look, Outcome outcome, std::string why) {
  Finding finding{.outcome = outcome,
                  .party = Party::unknown,
                  .facts = std::move(look.facts),
                  .note = std::move(why),
                  .items = {}};
  take_in(spec, look, finding);
  return end_at_step(spec, look, std::move(finding));
}

// The ask within what is left of the journey's time.
Step in_time(const Spec& spec, Look& look, Ask ask) {
  const auto left = spec.deadline - std::chrono::duration_cast<Millis>(time_of(look));
  if (left <= Millis{0}) {
    return give_up(spec,
                   look,
                   Outcome::reply_timeout,
                   "there was no time left for it within " + print_duration(spec.deadline));
  }
  ask.deadline = left;
  return ask;
}

Ask ask_step(const Spec& request, const JourneyStep& step, Look& look) {
  std::string type;
  if (!step.form.empty()) type = "application/x-www-form-urlencoded";
  if (is_json(request.body)) type = "application/json";
  return ask_http(request,
                  look,
                  {.method = request.method,
                   .url = request.url,
                   .body = request.body,
                   .content_type = std::move(type)});
}

Step next_step(const Spec& spec, Look& look) {
  ++look.step;
  look.redirects = 0;
  look.phases = {};
  look.foreign.clear();
  look.facts = {};
  const auto request = request_of(spec, look);
  look.own = nullptr;  // its own site is the step's
  auto ask = ask_step(request, step_of(spec, look), look);
  if (!look.own) {
    return give_up(
        spec, look, Outcome::content_missing, "its address is too long with what was captured");
  }
  return in_time(spec, look, std::move(ask));
}

// What the steps after this one need of its answer.
CallJudgement capture_all(const JourneyStep& step, const Answer& answer, Variables& captured) {
  for (const auto& place : step.captures) {
    auto value = capture(place, answer.http, answer.body);
    if (!value) {
      return {.outcome = value.error().outcome,
              .why = print_status(answer.http.status) + " " + value.error().why};
    }
    captured[place.name] = *std::move(value);
  }
  return {};
}

Step end_step(const Spec& spec, Look& look, Finding finding) {
  take_in(spec, look, finding);
  if (is_failure(finding.outcome) || finding.outcome == Outcome::monitor_error)
    return end_at_step(spec, look, std::move(finding));
  if (finding.outcome == Outcome::degraded && look.kept.empty())
    look.kept = fold(place_of(spec, look) + finding.note, kNoteMax);
  if (static_cast<std::size_t>(look.step) + 1 == spec.steps.size())
    return arrive(spec, look, std::move(finding));
  look.walked_facts = std::move(finding.facts);
  return next_step(spec, look);
}

Ask begin(const Spec& spec, Look& look) {
  auto ask = ask_step(request_of(spec, look), spec.steps.front(), look);
  ask.deadline = spec.deadline;
  return ask;
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  const auto request = request_of(spec, look);
  if (auto step = follow(request, look, reply, now)) {
    if (auto* failed = std::get_if<Finding>(&*step))
      return end_step(spec, look, std::move(*failed));
    ++look.hops;
    return in_time(spec, look, std::move(std::get<Ask>(*step)));
  }
  const auto answer = read_answer(request, look, reply, now);
  auto judgement = request.kind == "api"
                       ? judge_call(request, look, answer)
                       : CallJudgement{.outcome = judge_answer(request, answer), .why = {}};
  const auto& step = step_of(spec, look);
  if (!is_failure(judgement.outcome)) {
    auto trouble = capture_all(step, answer, look.captured);
    if (trouble.outcome != Outcome::ok) judgement = std::move(trouble);
  }
  return end_step(
      spec, look, finish(request, look, answer, judgement.outcome, std::move(judgement.why)));
}

}  // namespace

const ProbeKind kinds::journey{
    .name = "journey",
    .about =
        "several steps as a customer takes them, with cookies, forms and captured values: up "
        "to the payment methods, never an order",
    .settings = kSettings,
    .interval = std::chrono::minutes{5},
    .begin = begin,
    .read = read};

}  // namespace bw
