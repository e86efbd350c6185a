// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/fingerprint.h"
#include "probes/http_look.h"
#include "probes/json_expectation.h"
#include "probes/login_form.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Signs a canary account in: the right password must be accepted, then a wrong one refused. Without
// an account it only looks at the sign-in page or endpoint.
namespace bw {
namespace {

constexpr auto kSettings = std::to_array<Setting>({
    {.key = "url",
     .type = "url",
     .is_required = true,
     .about = "the page with the form, or the JSON endpoint"},
    {.key = "method",
     .type = "text",
     .is_required = false,
     .about = "GET: fetch the page and send its form; POST: send JSON (so too with expect_json)"},
    {.key = "username",
     .type = "text",
     .is_required = false,
     .about = "a canary account's name; none: only look"},
    {.key = "password_file",
     .type = "path",
     .is_required = false,
     .about = "file that holds its password"},
    {.key = "password_credential",
     .type = "text",
     .is_required = false,
     .about = "systemd credential that does"},
    {.key = "username_field",
     .type = "text",
     .is_required = false,
     .about = "name of the field; username"},
    {.key = "password_field",
     .type = "text",
     .is_required = false,
     .about = "name of the field; password"},
    {.key = "credential_origins",
     .type = "list of url",
     .is_required = false,
     .about = "origins besides the url's own site that the form may send the password to"},
    {.key = "headers",
     .type = "table of text",
     .is_required = false,
     .about = "sent to the login's own site"},
    {.key = "expect_status",
     .type = "list of integer",
     .is_required = false,
     .about = "statuses of success; 200-299"},
    {.key = "expect_text",
     .type = "text",
     .is_required = false,
     .about = "the page after signing in holds this"},
    {.key = "reject_text",
     .type = "list of text",
     .is_required = false,
     .about = "and none of these"},
    {.key = "expect_json",
     .type = "table of text",
     .is_required = false,
     .about = "dotted key = value of success"},
    {.key = "redirects_max",
     .type = "integer",
     .is_required = false,
     .about = "hops that are followed; 5"},
    {.key = "body_bytes_max",
     .type = "integer",
     .is_required = false,
     .about = "bytes that are read; 1048576"},
    {.key = "slow",
     .type = "duration",
     .is_required = false,
     .about = "signing in slower than this is degraded"},
    {.key = "deadline",
     .type = "duration",
     .is_required = false,
     .about = "for each exchange; 10s"},
    {.key = "ca_file",
     .type = "path",
     .is_required = false,
     .about = "roots to trust instead of the system's"},
    {.key = "verify",
     .type = "boolean",
     .is_required = false,
     .about = "false: report certificate trouble only"},
});

// Look::step.
enum Stage : int { form_for_right, right_sent, form_for_wrong, wrong_sent };

bool sends_json(const Spec& spec) {
  return lower(spec.method) == "post" || !spec.expect_json.empty();
}

// No variation of the real one: a near miss must not lock the account or leak anything.
std::string wrong_password(const Spec& spec) {
  return "bellwether-wrong-" +
         print_fingerprint(stable_hash(spec.url + "\n" + spec.username)).substr(0, 8);
}

Finding cleaned(const Spec& spec, Finding finding) {
  return without_secrets(std::move(finding), {spec.password, wrong_password(spec), spec.username});
}

// What is said about a failing answer; the rest of the facts stays about the sign-in page.
void copy_failure_facts(const Facts& from, Facts& to) {
  for (const auto fact : {Fact::status,
                          Fact::body_class,
                          Fact::edge,
                          Fact::party_why,
                          Fact::challenge,
                          Fact::retry_after,
                          Fact::text,
                          Fact::words,
                          Fact::withdrawn,
                          Fact::final_url}) {
    to.set(fact, std::string(from.get(fact)));
  }
}

// Signed in: the answer is what success looks like; where nothing says what that is, it does not
// ask for the password again.
bool is_accepted(const Spec& spec, const Answer& answer) {
  const auto& body = answer.body;
  if (!answer.status_is_expected || body.likeness == Likeness::lacking || !body.rejected.empty())
    return false;
  if (body.body_class != BodyClass::normal && body.likeness != Likeness::ours && !body.json)
    return false;
  if (!spec.expect_json.empty()) {
    const auto compared = compare_json(spec, body);
    return compared.is_json && compared.differing.empty();
  }
  if (body.likeness == Likeness::ours) return true;
  return !body.words.has(WordClass::credentials) && !body.words.has(WordClass::step_up) &&
         (!body.page ||
          std::ranges::find(body.page->fields, "password") == body.page->fields.end());
}

// Why the right password did not get in.
Outcome judge_refusal(const Spec& spec, const Answer& answer) {
  const int status = answer.http.status;
  const auto& words = answer.body.words;
  const bool is_edge_wall = answer.edge.is_denial || (answer.edge.is_challenge && status >= 400);
  const bool is_challenged = answer.body.body_class == BodyClass::challenge ||
                             words.has(WordClass::step_up) || words.has(WordClass::challenge) ||
                             !answer.edge.challenge.empty();
  if (is_challenged && !is_edge_wall) return Outcome::login_challenged;
  const auto general = judge_answer(spec, answer);
  const bool is_plain_no = status == 400 || status == 401 || status == 403 || status == 422;
  const bool is_other_page = general == Outcome::ok || general == Outcome::content_missing;
  if (is_other_page || (is_plain_no && general == Outcome::status_client))
    return Outcome::login_rejected;
  return general;
}

Finding finish_login(
    const Spec& spec, Look& look, const Answer& answer, Outcome outcome, std::string why = {}) {
  const bool is_first = look.step <= right_sent;
  if (is_failure(outcome))
    look.facts.set(Fact::login_step, is_first ? "right-password" : "wrong-password");
  auto unhurried = spec;
  unhurried.slow = Millis{0};  // was measured when the right password was in
  if (outcome == Outcome::ok && !look.kept.empty()) {
    outcome = Outcome::degraded;
    why = look.kept;
  }
  return cleaned(spec, finish(unhurried, look, answer, outcome, std::move(why)));
}

Step start(const Spec& spec, Look& look, bool is_right) {
  look.cookies.clear();  // a session of the right password would open the door for the wrong one
  look.redirects = 0;
  if (sends_json(spec)) {
    look.step = is_right ? right_sent : wrong_sent;
    return ask_http(spec, look, json_login(spec, is_right ? spec.password : wrong_password(spec)));
  }
  look.step = is_right ? form_for_right : form_for_wrong;
  return ask_http(spec, look, {.method = "GET", .url = spec.url, .body = {}, .content_type = {}});
}

// The page with the form: fill it in and send it.
Step read_form(const Spec& spec, Look& look, const Reply& reply, Time now) {
  auto form_spec = spec;  // what success looks like is said of the page behind the form
  form_spec.expect_text.clear();
  form_spec.expect_status.clear();
  form_spec.reject_text.clear();
  const auto answer = read_answer(form_spec, look, reply, now);
  const bool is_right = look.step == form_for_right;
  auto request = answer.body.page ? fill_login_form(spec,
                                                    *answer.body.page,
                                                    answer.url,
                                                    is_right ? spec.password : wrong_password(spec))
                                  : std::unexpected(FormTrouble{.why = "the answer is no page"});
  if (request && answer.status_is_expected) {
    look.step = is_right ? right_sent : wrong_sent;
    look.redirects = 0;
    return ask_http(spec, look, std::move(*request));
  }
  auto outcome = judge_answer(form_spec, answer);
  if (outcome == Outcome::blocked && !answer.edge.is_challenge && !answer.edge.is_denial) {
    outcome = Outcome::login_challenged;
  }
  const bool is_form_missing =
      !request && (outcome == Outcome::ok || outcome == Outcome::content_missing);
  std::string why;
  if (is_form_missing) {
    outcome = request.error().outcome;
    why = request.error().why;
    const auto said = say_of(answer.body);
    if (!said.empty()) why += "; it says \"" + said + "\"";
  }
  return finish_login(form_spec, look, answer, outcome, std::move(why));
}

Step read_right(const Spec& spec, Look& look, const Reply& reply, Time now) {
  auto scratch = look;
  const auto answer = read_answer(spec, scratch, reply, now);
  if (is_accepted(spec, answer)) {
    const auto took = std::chrono::duration_cast<Millis>(look.phases.total());
    if (spec.slow > Millis{0} && took > spec.slow) {
      look.kept =
          "signed in after " + print_duration(took) + "; slower than " + print_duration(spec.slow);
    }
    if (sends_json(spec)) look.facts = scratch.facts;
    return start(spec, look, false);
  }
  copy_failure_facts(scratch.facts, look.facts);
  const auto outcome = judge_refusal(spec, answer);
  std::string why;
  if (outcome == Outcome::login_rejected) why = "the right password was refused: ";
  if (outcome == Outcome::login_challenged) why = "a challenge stands before the right password: ";
  if (!why.empty()) why += describe(spec, answer, outcome);
  return finish_login(spec, look, answer, outcome, std::move(why));
}

Step read_wrong(const Spec& spec, Look& look, const Reply& reply, Time now) {
  auto scratch = look;
  const auto answer = read_answer(spec, scratch, reply, now);
  if (is_accepted(spec, answer)) {
    copy_failure_facts(scratch.facts, look.facts);
    return finish_login(spec,
                        look,
                        answer,
                        Outcome::login_accepts_wrong,
                        "a wrong password was accepted: " + print_status(answer.http.status));
  }
  if (answer.http.status < 500) return finish_login(spec, look, answer, Outcome::ok);
  copy_failure_facts(scratch.facts, look.facts);
  return finish_login(spec, look, answer, judge_answer(spec, answer));
}

// Without an account: the page or endpoint itself.
Step read_only(const Spec& spec, Look& look, const Reply& reply, Time now) {
  const auto answer = read_answer(spec, look, reply, now);
  auto outcome = judge_answer(spec, answer);
  std::string why;
  if (outcome == Outcome::blocked && !answer.edge.is_challenge && !answer.edge.is_denial) {
    outcome = Outcome::login_challenged;
  }
  if (!spec.expect_json.empty()) {
    const auto compared = compare_json(spec, answer.body);
    look.facts.set_members(Fact::json_state, compared.differing);
    if (outcome == Outcome::ok && (!compared.is_json || !compared.differing.empty())) {
      outcome = Outcome::json_mismatch;
      why = print_status(answer.http.status) + "; " + compared.why;
    }
  }
  return finish(spec, look, answer, outcome, std::move(why));
}

Ask begin(const Spec& spec, Look& look) {
  if (spec.username.empty()) {
    return ask_http(
        spec,
        look,
        {.method = spec.method, .url = spec.url, .body = spec.body, .content_type = {}});
  }
  return std::get<Ask>(start(spec, look, true));
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  if (auto step = follow(spec, look, reply, now)) {
    auto* const failed = std::get_if<Finding>(&*step);
    if (failed == nullptr || spec.username.empty()) return std::move(*step);
    failed->facts.set(Fact::login_step,
                      look.step <= right_sent ? "right-password" : "wrong-password");
    return cleaned(spec, std::move(*failed));
  }
  if (spec.username.empty()) return read_only(spec, look, reply, now);
  if (look.step == right_sent) return read_right(spec, look, reply, now);
  if (look.step == wrong_sent) return read_wrong(spec, look, reply, now);
  return read_form(spec, look, reply, now);
}

}  // namespace

const ProbeKind kinds::login{
    .name = "login",
    .about = "a canary account: the right password gets in, a wrong one does not",
    .settings = kSettings,
    .begin = begin,
    .read = read};

}  // namespace bw
