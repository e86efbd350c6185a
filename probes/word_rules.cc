// SPDX-License-Identifier: Apache-2.0
#include "probes/word_rules.h"

#include <array>

namespace bw {
namespace {

using enum WordClass;

constexpr auto kMacros = std::to_array<WordMacro>({
    {.name = "{system}",
     .words = "system|systems|service|services|website|websites|site|sites|server|servers|network|"
              "networks|platform|app|apps|operations|processes|infrastructure|stores|plants|online|"
              "access|ordering|orders"},
    {.name = "{function}",
     .words = "order|orders|ordering|payment|payments|purchases|sales|checkout|transfers|transfer|"
              "withdrawals|trading|sending|booking|bookings|delivery|deliveries|collection|"
              "registration|registrations|login|logins|signing|sign|logon|log|shipping|shipment|"
              "shipments|returns|refunds|vouchers|gift|cards|pushing|uploads|claims|transactions|"
              "applications|points|rewards"},
    {.name = "{trouble}",
     .words = "issue|issues|problem|problems|difficulty|difficulties|fault|faults|glitch|glitches|"
              "error|errors|outage|outages|failure|failures|disruption|trouble|incident"},
    {.name = "{now}",
     .words = "now|moment|present|currently|temporarily|yet|today|notice|while|still"},
    // Sentences that sell, teach or warn about attacks speak of nobody's in particular.
    {.name = "{talk}",
     .words = "protection|awareness|insurance|webinar|training|tips|guide|pricing|prevention|beta|"
              "advisory|jobs|careers|course|yourself|newsletter|conference|certification|alarms|"
              "heart|panic|hackathon|coders|prize|simulation"},
    {.name = "{recall}",
     .words = "recall|recalled|product|products|charger|chargers|battery|batteries|refund|allergy|"
              "allergen|weather|storm|snow|wind|ingredient|ingredients|pandemic|coronavirus"},
});

constexpr auto kRules = std::to_array<WordRule>({
    // ---- it is down, without a reason
    {.what = holding, .pattern = "bear|bearing with us"},
    {.what = holding, .pattern = "sorry you can't|cannot"},
    {.what = holding, .pattern = "back soon|shortly|online|later"},
    {.what = holding, .pattern = "be right back"},
    {.what = holding, .pattern = "we'll|will be back|up ! again"},
    {.what = holding,
     .pattern = "temporarily|currently|presently unavailable|offline|down|inaccessible"},
    {.what = holding, .pattern = "isn't|not|un available ! offline"},
    {.what = holding, .pattern = "unavailable & {now}|page|service|sorry|please|website|site"},
    {.what = holding, .pattern = "service unavailable"},
    {.what = holding,
     .pattern = "try|call|reload|refresh .. again|later|shortly|soon|minutes|minute|moment"},
    {.what = holding,
     .pattern = "try|check|come again|back & later|soon|shortly|minutes|moment|please"},
    {.what = holding, .pattern = "working & back|restore|resolve|fix|online ! as|normal|usual|not"},
    {.what = holding,
     .pattern = "apologise|apologize|sorry for & inconvenience|delay|trouble|disruption"},
    {.what = holding,
     .pattern = "can't|cannot .. show|shown|display|displayed|load|loaded|reached|serve & "
                "{now}|right|just"},
    {.what = holding, .pattern = "could|would not .. load|loaded|shown|respond ! password"},
    {.what = holding, .pattern = "trouble|difficulty loading|reaching|accessing|opening"},
    {.what = holding, .pattern = "back up|online & soon|shortly|as|possible"},
    {.what = holding, .pattern = "this|our website|site|service is .. offline|down|closed"},
    {.what = holding, .pattern = "services|systems are .. offline|down"},
    {.what = holding, .pattern = "is|are down & working|work|sorry|moment|everywhere|hope"},
    {.what = holding, .pattern = "warming up"},
    {.what = holding, .pattern = "remain|remains|is|are unavailable|inaccessible"},
    {.what = holding, .pattern = "not accepting connections"},
    {.what = holding, .pattern = "restarting|starting .. hold|wait"},
    // ---- planned work
    {.what = maintenance,
     .pattern = "scheduled|planned|essential|routine|system|site|emergency|website|ongoing|server|"
                "database|technical|urgent maintenance"},
    {.what = maintenance,
     .pattern =
         "for|under|undergoing|performing|with|during|more maintenance ! cover|contract|boiler"},
    {.what = maintenance, .pattern = "maintenance mode|window|page|break|work|works|is|period"},
    {.what = maintenance,
     .pattern = "maintenance & down|unavailable|back|closed|offline|shortly ! cover|boiler"},
    {.what = maintenance,
     .pattern =
         "planned|scheduled|essential change|changes|work|works|downtime|outage|upgrade|upgrades|"
         "engineering|improvements|update|updates|interruption"},
    {.what = maintenance,
     .pattern = "making|make|performing|doing .. upgrades|improvements|enhancements"},
    {.what = maintenance,
     .pattern = "is|are|being updated|upgraded & app|website|site|system|service|back|being"},
    {.what = maintenance, .pattern = "daily|weekly|nightly|regular|extended downtime"},
    {.what = maintenance, .pattern = "move|moving .. to .. new home|system|platform|servers|house"},
    {.what = maintenance, .pattern = "upgrading our|the|its|this"},
    {.what = maintenance, .pattern = "closed between .. and"},
    // ---- a line to stand in
    {.what = queue,
     .pattern = "in the|a|this|our|line|virtual queue|line ! of|with|production|manager"},
    {.what = queue, .pattern = "you're|you are .. queue|queued|line"},
    {.what = queue, .pattern = "waiting room ! dental|surgery"},
    {.what = queue, .pattern = "people|customers|visitors|fans|users|others .. ahead|before|front"},
    {.what = queue, .pattern = "when it is|it's your turn"},
    {.what = queue, .pattern = "place|position .. line|queue|kept|saved & your"},
    {.what = queue, .pattern = "let|letting you|people|everyone in|through"},
    {.what = queue, .pattern = "wait here until|while|for"},
    {.what = queue, .pattern = "join|rejoin the line|queue"},
    {.what = queue, .pattern = "wait a moment & again|busy|log|reload"},
    {.what = queue, .pattern = "keep this tab|page|window open"},
    {.what = queue, .pattern = "estimated wait"},
    // ---- more visitors than room
    {.what = demand,
     .pattern =
         "high|higher|huge|extraordinary|unprecedented|exceptional|heavy|increased|record|extreme|"
         "overwhelming|unusually|large .. "
         "demand|traffic|load|volume|volumes|number|numbers|visitors"},
    {.what = demand,
     .pattern = "demand is|was|has|on & greater|ever|extraordinary|high|exceeded|exceeds"},
    {.what = demand,
     .pattern =
         "too|so|very|lot of many .. visitors|people|fans|users|customers|requests|connections"},
    {.what = demand,
     .pattern = "too|so many .. visitors|people|fans|users|customers|requests|connections|of"},
    {.what = demand, .pattern = "lot|lots of visitors|people|customers|traffic|users"},
    {.what = demand,
     .pattern = "too|very|extremely|is|are|so busy ! making|working|fixing|improving"},
    {.what = demand, .pattern = "busier than"},
    {.what = demand, .pattern = "at|over|no|out|beyond .. capacity"},
    {.what = demand, .pattern = "overloaded|overload"},
    {.what = demand, .pattern = "please slow down"},
    {.what = demand, .pattern = "slow down & requests|please|retry"},
    {.what = demand, .pattern = "usage|traffic spike|surge"},
    {.what = demand, .pattern = "more visitors|people|customers|requests than|visited"},
    {.what = demand, .pattern = "many more than"},
    {.what = demand, .pattern = "no server is free"},
    // ---- taken down on purpose
    {.what = precaution,
     .pattern = "as a precaution & {system}|offline|shut|down|closed|paused|suspended ! {recall}"},
    {.what = precaution,
     .pattern =
         "precautionary & {system}|offline|shut|down|closed|paused|measure|measures ! {recall}"},
    {.what = precaution,
     .pattern = "abundance of caution & {system}|offline|closed|paused|down ! {recall}"},
    {.what = precaution, .pattern = "caution before availability"},
    {.what = precaution,
     .pattern =
         "proactive|proactively & incident|{system}|offline|paused|manag*|measures ! {recall}"},
    {.what = precaution,
     .pattern = "took|taken|take|taking|moved|brought & offline|down & {system} ! load|off"},
    {.what = precaution,
     .pattern =
         "shut|shutting|switched|turned|powered .. down|off & {system} & protect|contain*|incident|"
         "attack|once|spread*|precaution"},
    {.what = precaution, .pattern = "containment|contained & shut*|down|{system}"},
    {.what = precaution, .pattern = "locked down & {system}"},
    {.what = precaution, .pattern = "lock|locking down & {system}"},
    {.what = precaution, .pattern = "isolat* & {system}|departments|them|keep|kept|machines"},
    {.what = precaution,
     .pattern = "disconnect* & {system} & internet|network|protect|precaution|incident"},
    {.what = precaution,
     .pattern = "to protect|safeguard|secure & customers|guests|{system}|business|colleagues "
                "& offline|"
                "temporary|paus*|suspend*|down|isolat*|closed|changes|limit*|restrict*"},
    {.what = precaution, .pattern = "strengthen|strengthening .. defences|defenses|security"},
    // ---- an attack, in the owner's words
    {.what = security,
     .pattern =
         "cyber attack*|incident*|event|events|issue|issues|threat|intrusion*|breach*|criminal*|"
         "disruption|assault ! {talk}"},
    {.what = security, .pattern = "cyberattack*|cyberincident*|cybercrim* ! {talk}"},
    {.what = security,
     .pattern =
         "cybersecurity|cyber incident|event|issue|matter|attack|breach|threat|security ! {talk}"},
    {.what = security,
     .pattern =
         "security incident|incidents|breach|breaches|compromise|issue|event|related ! {talk}"},
    {.what = security, .pattern = "data|privacy breach*|theft|leak ! {talk}"},
    {.what = security,
     .pattern = "unauthorised|unauthorized "
                "access*|party|parties|activity|third|entry|person|persons|user ! {talk}"},
    {.what = security, .pattern = "improper|illegal|illegitimate access*"},
    {.what = security, .pattern = "malicious ! {talk}"},
    {.what = security,
     .pattern = "gained|obtained|got access to & our|certain|some|system*|account"},
    {.what = security,
     .pattern =
         "hacked|hackers|hack|hacking & we|our|us|website|site|{system}|account|been ! {talk}"},
    {.what = security,
     .pattern = "virus|malware|ransomware|spyware|worm & "
                "{system}|compromis*|infect*|discovered|computers ! "
                "{talk}|covid|flu|antivirus"},
    {.what = security, .pattern = "intrusion|intruders|intruder ! detection|{talk}"},
    {.what = security, .pattern = "broken into|break in"},
    {.what = security,
     .pattern =
         "compromised & {system}|account|name|domain|dns|was|were|been ! data|details|{talk}"},
    {.what = security,
     .pattern = "attack|attacked|attackers|attacks ! {talk}|surface|layer|denial"},
    {.what = security, .pattern = "defaced ! {talk}"},
    {.what = security, .pattern = "hijacked|hijack|hijacking ! {talk}"},
    {.what = security, .pattern = "credentials .. were|was used|stolen|leaked"},
    {.what = security, .pattern = "phishing copy|page|site of & our|some|led"},
    {.what = security, .pattern = "altered downloads"},
    {.what = security, .pattern = "foreign|unknown script was"},
    {.what = security, .pattern = "false|fake|copied page|site|copy & shown|our|led"},
    {.what = security,
     .pattern = "data|details|names|information|passwords|hashes .. "
                "taken|copied|stolen|exfiltrated|leaked|"
                "exposed ! tips|payment"},
    {.what = security, .pattern = "database .. copied|stolen|leaked"},
    {.what = ddos,
     .pattern =
         "ddos ! ddos protection|defence|defense ! beta|pricing|awareness|webinar|guide|everybody"},
    {.what = ddos,
     .pattern =
         "denial of service ! service protection ! beta|pricing|awareness|webinar|guide|everybody"},
    {.what = ddos, .pattern = "traffic designed|intended|meant to"},
    {.what = ddos, .pattern = "flood|flooded|flooding .. of|with|by & traffic|requests|packets"},
    {.what = ddos, .pattern = "volumetric attack*|flood*"},
    {.what = ransom, .pattern = "ransomware ! {talk}"},
    {.what = ransom, .pattern = "ransom & pay|paid|demand*|note|bitcoin|files ! {talk}"},
    {.what = ransom,
     .pattern = "files|data|systems|servers .. encrypted & "
                "decrypt*|pay|key|attack*|attackers|recover*|been|have"},
    {.what = ransom,
     .pattern = "publish|published|leak|leaked|decrypt|decrypted & bitcoin|btc|xmr|monero|coins"},
    {.what = ransom, .pattern = "seized & bitcoin|btc|xmr|monero|coins|publish"},
    {.what = experts, .pattern = "law enforcement"},
    {.what = experts,
     .pattern =
         "police|authorities & told|informed|working|notified|reported|investigat*|incident|with"},
    {.what = experts,
     .pattern =
         "outside|external|independent|forensic|leading|specialist|cyber|cybersecurity experts|"
         "specialists|investigators|consultants"},
    {.what = experts, .pattern = "specialised|specialized teams & enforcement|incident"},
    {.what = experts, .pattern = "information commissioner|national cyber"},
    // ---- a fault
    {.what = technical,
     .pattern =
         "technical|it|system|systems|operational|computer|software|network|connectivity|server|"
         "internal|unexpected|unknown|temporary|connection {trouble} ! cyber|security"},
    {.what = technical,
     .pattern =
         "technology|our|an|the|known|emerging|ongoing issue|problem|fault|outage|bug & "
         "aware|identified|"
         "investigating|experiencing|working|caused|resolved|affecting|arose|with|fixed|found"},
    {.what = technical, .pattern = "something|things .. wrong"},
    {.what = technical, .pattern = "an error .. occurred|happened"},
    {.what = technical, .pattern = "internal server error"},
    {.what = technical, .pattern = "internal error|failure"},
    {.what = technical, .pattern = "oops|whoops"},
    {.what = technical, .pattern = "bad gateway"},
    {.what = technical, .pattern = "gateway timeout"},
    {.what = technical, .pattern = "isn't|aren't|not|stopped working ! hours|days"},
    {.what = technical, .pattern = "unreachable"},
    {.what = technical, .pattern = "not reachable"},
    {.what = technical, .pattern = "no healthy|route"},
    {.what = technical, .pattern = "engine|server|application|processing error|failure"},
    {.what = technical, .pattern = "failure in our|the .. systems"},
    {.what = technical, .pattern = "error|fault code|id|reference|has|in"},
    {.what = technical,
     .pattern = "elevated|increased|intermittent|renewed .. "
                "error|errors|latency|latencies|timeouts|problems"},
    {.what = technical, .pattern = "outage|outages ! no|power"},
    {.what = technical, .pattern = "experiencing|having|seeing .. {trouble} ! cyber|security"},
    {.what = technical, .pattern = "did not|didn't work|answer|respond"},
    {.what = technical, .pattern = "timed|time out|outs"},
    {.what = technical,
     .pattern =
         "upstream|origin|backend & error|timeout|unreachable|failed|unhealthy|reached|connect"},
    {.what = technical,
     .pattern =
         "we are aware|investigating & trouble|reports|problem|problems|issue|issues|disruption"},
    {.what = technical, .pattern = "system|systems failure|failed|outage"},
    {.what = technical, .pattern = "systems are down"},
    {.what = technical, .pattern = "crashed|blue screen"},
    {.what = third_party,
     .pattern =
         "third|3rd party|parties provider*|supplier*|vendor*|service*|partner*|software|sensor ! "
         "cookie*|unauthorised|unauthorized|gained"},
    {.what = third_party,
     .pattern =
         "supplier|supplier's|suppliers|provider|provider's|vendor|partner|partners & {trouble}|"
         "caused|update|computers|software|technical|attack*|confirms|outage ! payment"},
    {.what = third_party,
     .pattern =
         "hosting|upstream|cloud|network provider|network|supplier & {trouble}|trouble|announced"},
    {.what = third_party, .pattern = "one of .. services|suppliers|partners that|we rely|use"},
    {.what = third_party, .pattern = "external to us|our"},
    {.what = third_party, .pattern = "outside our network|control"},
    {.what = third_party, .pattern = "at|with our registrar"},
    {.what = change,
     .pattern = "overnight|software|configuration|config|faulty|recent|content|firmware "
                "update|change|release|"
                "deployment|upgrade|file"},
    {.what = change,
     .pattern = "error|bug|fault|problem .. with|in|after|during|by .. "
                "update|upgrade|migration|release|deployment|rollout"},
    {.what = change, .pattern = "error|problem & migration|deployment|rollout|upgrade"},
    {.what = change, .pattern = "update issue|problem"},
    {.what = change, .pattern = "rolled|rolling|roll .. back"},
    {.what = change, .pattern = "taken|taking back & release|patch|update"},
    {.what = change,
     .pattern = "change|update|expanding & caused|set off|reason|triggered|result* ! climate"},
    {.what = facility, .pattern = "power failure|cut|outage|loss|supply|problem"},
    {.what = facility, .pattern = "loss of power"},
    {.what = facility,
     .pattern =
         "data|technology centre|center|centres|centers & fire|power|flood*|cooling|failure"},
    {.what = facility, .pattern = "cooling failure|fault|problem"},
    {.what = facility,
     .pattern = "storage|disk|disks|database|databases|hardware|generator & "
                "repair*|replac*|rebuild*|broke*|fault*|failed|failure ! {talk}"},
    {.what = certificate,
     .pattern = "certificate & expired|renewed|renewal|ran|insecure|warnings|invalid|replaced"},
    {.what = names,
     .pattern = "domain|domains & "
                "registrar|renewal|expired|resolve|resolution|issue|compromised|changed|record ! "
                "public domain"},
    {.what = names,
     .pattern = "name server|servers & "
                "issue|changed|compromised|hijacked|attack*|slower|another|restarted|answer"},
    {.what = names,
     .pattern = "dns & "
                "issue|problem|configuration|record|records|attack|disruption|error|altered|"
                "changed|compromised"},
    {.what = names, .pattern = "registrar|whois & issue|modified|changed|attack*|working|hacked"},
    // ---- not offered
    {.what = withdrawn,
     .pattern = "pause|paused|pausing & {function}|taking|accepting ! visit|deploy*"},
    {.what = withdrawn,
     .pattern =
         "suspend|suspended|suspending & {function}|taking|accepting|service|services ! account"},
    {.what = withdrawn, .pattern = "halt|halted & {function}|market|matching ! wait"},
    {.what = withdrawn, .pattern = "switched|turned off & {function}|service|moment|now"},
    {.what = withdrawn,
     .pattern = "disabled & {function}|temporarily|currently ! "
                "cookies|javascript|visitors|parking|people"},
    {.what = withdrawn, .pattern = "stopped taking|accepting"},
    {.what = withdrawn,
     .pattern = "not|unable|cannot|can't|aren't|isn't|unable|longer .. "
                "accept|take|taking|accepting|fulfil|"
                "fulfill & {function}|payments"},
    {.what = withdrawn,
     .pattern = "not possible & {function}|signing|log|changing|order|pay|book|collect & {now}"},
    {.what = withdrawn,
     .pattern = "cannot|can't|not .. placed|ordered|used|changed|made|redeemed & {now}"},
    {.what = withdrawn, .pattern = "is|are|remain|remains|stay|stays off for now"},
    {.what = withdrawn, .pattern = "closed until|for now|further|planned|maintenance"},
    {.what = withdrawn,
     .pattern = "temporarily|currently closed|disabled|suspended|paused|withdrawn"},
    {.what = withdrawn, .pattern = "read only & change|everything|mode|only"},
    {.what = withdrawn, .pattern = "can look .. not"},
    {.what = withdrawn,
     .pattern = "{function} .. suspended|paused|disabled|withdrawn ! if|account"},
    {.what = withdrawn, .pattern = "until further notice"},
    {.what = withdrawn, .pattern = "weekend off"},
    {.what = withdrawn, .pattern = "will not take place"},
    {.what = degraded, .pattern = "delayed|delays & order*|deliver*|flights|data|some|collection"},
    {.what = degraded, .pattern = "degraded performance|service"},
    {.what = degraded, .pattern = "is|are limited ! edition|company|time"},
    {.what = degraded, .pattern = "longer than usual|normal"},
    {.what = degraded, .pattern = "some customers|users|guests|of & unable|trouble|may|cannot"},
    {.what = resolved,
     .pattern = "is|are|been|was|have resolved|restored|fixed|mitigated|corrected|recovered"},
    {.what = resolved, .pattern = "back to normal ! possible|working|get"},
    {.what = resolved, .pattern = "returned|resumed .. normal"},
    {.what = resolved, .pattern = "fully operational|resolved|restored"},
    {.what = resolved, .pattern = "works|work|available|open|answer again ! try"},
    {.what = resolved, .pattern = "we are back|online"},
    {.what = resolved, .pattern = "services are back"},
    {.what = resolved, .pattern = "services|systems|all|service restored"},
    {.what = resolved, .pattern = "fully|has resolved|reopened"},
    // ---- to the visitor
    {.what = challenge, .pattern = "checking .. your browser|connection"},
    {.what = challenge, .pattern = "browser is being checked"},
    {.what = challenge,
     .pattern = "checking|verify|verifying|confirm|prove|proving|sure that|you|if|your|are .. "
                "human|person|robot|bot"},
    {.what = challenge,
     .pattern = "verify|confirm|prove|checking|sure .. you're|you|are .. human|person|robot|bot"},
    {.what = challenge, .pattern = "not a robot|bot|program"},
    {.what = challenge, .pattern = "are you .. robot|human"},
    {.what = challenge, .pattern = "human|bot verification|check|challenge"},
    {.what = challenge, .pattern = "captcha"},
    {.what = challenge,
     .pattern = "enable|switch|turn .. javascript|cookies & continue|cookies|page|check*"},
    {.what = challenge, .pattern = "security check|verification & continue|complete|browser|wait"},
    {.what = challenge, .pattern = "looks|seems|appears automated"},
    {.what = challenge,
     .pattern = "unusual|suspicious traffic|activity & network|computer|requests|browser|detected"},
    {.what = denied, .pattern = "access .. denied|restricted|limited|forbidden|blocked"},
    {.what = denied, .pattern = "don't|do not|without have permission"},
    {.what = denied, .pattern = "access & denied|forbidden|blocked"},
    {.what = denied, .pattern = "not from here"},
    {.what = denied, .pattern = "from here & can't|cannot|not|sign"},
    {.what = denied, .pattern = "request|you|address|ip .. blocked|banned"},
    {.what = denied,
     .pattern =
         "region|country only|not|blocked & available|served|visitors|access ! shipping|choose"},
    {.what = denied, .pattern = "not available|served in your country|region|location"},
    {.what = denied, .pattern = "legal reasons"},
    {.what = denied, .pattern = "cannot|can't serve you"},
    {.what = credentials,
     .pattern =
         "incorrect|wrong|invalid|bad|unrecognised|unrecognized|mismatched .. password|username|"
         "credentials|login|details|user|email|combination"},
    {.what = credentials,
     .pattern =
         "password|username|credentials|details|email|combination .. incorrect|wrong|invalid|"
         "recognised|recognized|match|mismatch"},
    {.what = credentials,
     .pattern = "login|authentication|sign|log|logon .. failed|failure|unsuccessful"},
    {.what = credentials, .pattern = "invalid grant|credential*"},
    {.what = credentials,
     .pattern =
         "couldn't|could|don't|not find|recognise|recognize|sign .. account|password|email|you in"},
    {.what = step_up,
     .pattern = "verification|security|one|access code|time & enter|sent|code|phone"},
    {.what = step_up, .pattern = "enter .. code & sent|phone|app|email|text"},
    {.what = step_up, .pattern = "two|2|multi factor|step"},
    {.what = step_up,
     .pattern = "additional|extra|further|prove|confirm verification|identity|check|proof"},
    {.what = step_up, .pattern = "reset your password & must|need|required|before"},
    // ---- not ours
    {.what = defacement, .pattern = "hacked|h4cked|hack3d|defaced|pwned|0wned|rooted by"},
    {.what = defacement,
     .pattern = "owned|taken|seized|touched|stamped|visited|captured|conquered by & "
                "army|crew|gang|squad|array|"
                "legion|brigade|hacker*|cyber|anonymous|collective|syndicate|team|cartel"},
    {.what = defacement,
     .pattern = "you|we've|site|website have|has|been|got|is|was hacked|owned|pwned"},
    {.what = defacement,
     .pattern = "site|website|domain|page|server .. was|been|is seized|captured"},
    {.what = defacement, .pattern = "greetz|greets|shoutz to"},
    {.what = defacement, .pattern = "we are anonymous|legion"},
    {.what = defacement, .pattern = "your security is|was low|weak|bad|poor|a"},
    {.what = parked, .pattern = "domain .. parked|sale|available"},
    {.what = parked, .pattern = "buy|register|renew this domain"},
    {.what = parked, .pattern = "expired & pending|renewal|deletion|registrar|renew"},
    {.what = parked, .pattern = "related searches & domain|expired|parked|marketing|hosting|cheap"},
    {.what = unclaimed, .pattern = "specified bucket does not exist"},
    {.what = unclaimed, .pattern = "nosuchbucket"},
    {.what = unclaimed, .pattern = "there isn't a github pages site"},
    {.what = unclaimed, .pattern = "no such app"},
    {.what = unclaimed, .pattern = "unknown domain & fastly|check|error"},
    {.what = unclaimed, .pattern = "failed to resolve dns path"},
    {.what = unclaimed,
     .pattern = "domain|site|host .. isn't|not .. configured|connected|claimed|associated"},
    {.what = unclaimed, .pattern = "project|deployment|repository|site not found"},
    {.what = unclaimed, .pattern = "doesn't currently exist at this address"},
});

}  // namespace

std::span<const WordRule> word_rules() {
  return kRules;
}
std::span<const WordMacro> word_macros() {
  return kMacros;
}

}  // namespace bw
