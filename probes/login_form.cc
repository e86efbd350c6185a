// SPDX-License-Identifier: Apache-2.0
#include "probes/login_form.h"

#include "probes/escape.h"

#include <algorithm>

namespace bw {
namespace {

bool is_password(const FormField& field) {
  return field.type == "password";
}

// The field that takes the name: by its configured name, by what it says it is, or the last one to
// type into before the password.
const FormField* find_name_field(const Spec& spec, const Form& form) {
  const FormField* found = nullptr;
  for (const auto& field : form.fields) {
    if (field.name == spec.username_field) return &field;
    if (field.autocomplete.starts_with("username") || field.autocomplete == "email") found = &field;
  }
  for (const auto& field : form.fields) {
    if (found != nullptr || is_password(field)) break;
    if (field.type == "text" || field.type == "email" || field.type == "tel") found = &field;
  }
  return found;
}

const FormField* find_password_field(const Spec& spec, const Form& form) {
  const auto named = std::ranges::find(form.fields, spec.password_field, &FormField::name);
  if (named != form.fields.end()) return &*named;
  const auto any = std::ranges::find_if(form.fields, is_password);
  return any == form.fields.end() ? nullptr : &*any;
}

// What a browser sends of a field that nobody touches.
bool is_sent(const FormField& field) {
  return !field.name.empty() && field.type != "submit" && field.type != "button" &&
         field.type != "reset" && field.type != "image" && field.type != "file" &&
         field.type != "checkbox" && field.type != "radio";
}

std::string json_string(std::string_view text) {
  return "\"" + escape_json(text) + "\"";
}

bool may_have_credentials(const Spec& spec, const Url& target) {
  const auto own = parse_url(spec.url);
  if (own && is_same_site(*own, target)) return true;
  return std::ranges::any_of(spec.credential_origins, [&target](const std::string& text) {
    const auto allowed = parse_url(text);
    return allowed && origin_of(*allowed) == origin_of(target);
  });
}

}  // namespace

std::expected<Request, FormTrouble> fill_login_form(const Spec& spec,
                                                    const Page& page,
                                                    const Url& url,
                                                    std::string_view password) {
  const auto form = std::ranges::find_if(page.forms, [](const Form& candidate) {
    return std::ranges::any_of(candidate.fields, is_password);
  });
  if (form == page.forms.end()) {
    return std::unexpected(FormTrouble{.outcome = Outcome::content_missing,
                                       .why = "the page holds no form with a password field"});
  }
  // A form of a script has neither action nor method; it is sent to the page's own address.
  const bool is_scripted = !form->action && form->method == "get";
  const Url target = form->action.value_or(url);
  if (form->method != "post" && !is_scripted) {
    return std::unexpected(
        FormTrouble{.outcome = Outcome::content_missing,
                    .why = "the form would put the password into the address (method \"" +
                           form->method + "\"): not sent"});
  }
  if (!may_have_credentials(spec, target)) {
    return std::unexpected(
        FormTrouble{.outcome = Outcome::content_foreign,
                    .why = "the form would carry the password to " + origin_of(target) +
                           ", which credential_origins does not name: not sent"});
  }
  const auto* const name_field = find_name_field(spec, *form);
  const auto* const password_field = find_password_field(spec, *form);
  std::string body;
  for (const auto& field : form->fields) {
    std::string_view value = field.value;
    if (&field == name_field) value = spec.username;
    if (&field == password_field) value = password;
    if (!is_sent(field)) continue;
    body +=
        (body.empty() ? "" : "&") + encode_form_value(field.name) + "=" + encode_form_value(value);
  }
  return Request{.method = "POST",
                 .url = print(target),
                 .body = std::move(body),
                 .content_type = "application/x-www-form-urlencoded"};
}

Request json_login(const Spec& spec, std::string_view password) {
  return {.method = "POST",
          .url = spec.url,
          .body = "{" + json_string(spec.username_field) + ":" + json_string(spec.username) + "," +
                  json_string(spec.password_field) + ":" + json_string(password) + "}",
          .content_type = "application/json"};
}

}  // namespace bw
