// The charger's own certificate: its key, the request for it, and what comes back (security
// whitepaper A02, A03).
#include <doctest/doctest.h>
#include <mbedtls/x509_csr.h>

#include "authority.h"
#include "certificates/charger_certificates.h"

using bench::Authority;
using bench::certificate;
using bench::Drawer;
using bench::Facts;
using bench::Key;
using bench::kForClients;
using bench::kForServers;
using bench::kUtcUs;
using evse::certificates::ChargerCertificates;
using evse::hal::CertificateHash;
using evse::hal::Digest;
using evse::hal::RootKind;
using evse::hal::Taken;

namespace {

struct Charger {
  Charger() { certificates.install(RootKind::Central, root.pem().c_str(), kUtcUs); }
  std::string ask(const char* organisation = "Operator, Ltd.") {
    certificates.request("SN-1", organisation);
    return certificates.request_pem();
  }
  Taken take(const std::string& chain) { return certificates.take_own(chain.c_str(), kUtcUs); }
  std::string refusal(const std::string& chain) {
    return take(chain) == Taken::Bad ? certificates.why() : "";
  }
  std::string name() const {
    CertificateHash hash;
    return certificates.own(Digest::Sha256, hash) ? hash.serial : "";
  }
  Facts client(const std::string& serial = "1") const {
    Facts facts;
    facts.serial = serial;
    facts.purpose = kForClients;
    return facts;
  }

  Authority root;
  Drawer drawer;
  ChargerCertificates certificates{drawer, 4};
};

}  // namespace

TEST_CASE("A request has a fresh key, the names as they are, and a signature of its own") {
  Charger charger;
  const std::string one = charger.ask("Operator, Ltd. = \\ \"Ö\"");
  const std::string other = charger.ask("");
  mbedtls_x509_csr first;
  mbedtls_x509_csr second;
  mbedtls_x509_csr_init(&first);
  mbedtls_x509_csr_init(&second);
  const auto parse = [](mbedtls_x509_csr& request, const std::string& pem) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(pem.c_str());
    return mbedtls_x509_csr_parse(&request, bytes, pem.size() + 1);
  };
  REQUIRE(parse(first, one) == 0);
  REQUIRE(parse(second, other) == 0);
  CHECK(mbedtls_pk_get_bitlen(&first.pk) == 256);
  CHECK(mbedtls_pk_check_pair(&first.pk, &second.pk) != 0);
  REQUIRE(first.subject.next != nullptr);
  const mbedtls_x509_buf& organisation = first.subject.next->val;
  CHECK(std::string(reinterpret_cast<char*>(organisation.p), organisation.len) ==
        "Operator, Ltd. = \\ \"Ö\"");
  CHECK(second.subject.next == nullptr);
  mbedtls_x509_csr_free(&first);
  mbedtls_x509_csr_free(&second);
}

TEST_CASE("A key is asked for until it is taken or forgotten, over a restart as well") {
  Charger charger;
  CHECK(!charger.certificates.requested());
  CHECK(charger.certificates.request_pem() == nullptr);
  const std::string request = charger.ask();
  ChargerCertificates after(charger.drawer, 4);
  CHECK(after.requested());
  CHECK(after.request_pem() == request);
  after.forget_request();
  CHECK(!after.requested());
  CHECK(after.request_pem() == nullptr);
}

TEST_CASE("The certificate that comes back is taken, and the one before kept until it works") {
  Charger charger;
  CHECK(!charger.certificates.has_own());
  CHECK(charger.take(charger.root.answer(charger.ask(), charger.client("A1"))) == Taken::Good);
  CHECK(charger.name() == "a1");
  CHECK(!charger.certificates.requested());
  CHECK(!charger.certificates.has_previous_own());
  int64_t from = 0;
  int64_t until = 0;
  CHECK(charger.certificates.own_validity(from, until));
  CHECK(from == 1735689600LL * 1000000);   // 2025-01-01
  CHECK(until == 2051222400LL * 1000000);  // 2035-01-01
  CHECK(charger.take(charger.root.answer(charger.ask(), charger.client("A2"))) == Taken::Good);
  CHECK(charger.take(charger.root.answer(charger.ask(), charger.client("A3"))) == Taken::Good);
  CHECK(charger.name() == "a3");
  charger.certificates.go_back_to_previous_own();
  CHECK(charger.name() == "a1");
  CHECK(!charger.certificates.has_previous_own());
  charger.take(charger.root.answer(charger.ask(), charger.client("A4")));
  charger.certificates.confirm_own();
  CHECK(!charger.certificates.has_previous_own());
  CHECK(charger.name() == "a4");
}

TEST_CASE("What leads to the root is kept with it, and the root is not") {
  Charger charger;
  Authority between("CN=Between");
  Facts facts;
  facts.name = between.name;
  const std::string middle = certificate(facts, between.key.context, charger.root.name,
                                         charger.root.key.context);
  const std::string leaf = between.answer(charger.ask(), charger.client());
  CHECK(charger.refusal(leaf) == "it does not lead to an installed root");
  CHECK(charger.refusal(middle + leaf) == "it is for another key than the one that was asked for");
  CHECK(charger.refusal(leaf + charger.root.pem()) ==
        "its certificates are not one the issuer of the one before");
  CHECK(charger.take(leaf + middle + charger.root.pem()) == Taken::Good);
  const std::string& kept = charger.drawer.texts["own"];
  CHECK(kept.find(middle) != std::string::npos);
  CHECK(kept.find("PRIVATE KEY") < kept.find(leaf));
  CHECK(kept.size() < 40 + 230 + leaf.size() + middle.size());
}

TEST_CASE("What was not asked for is bad") {
  Charger charger;
  CHECK(charger.refusal(charger.root.pem()) == "it was not asked for");
  const std::string request = charger.ask();
  CHECK(charger.refusal("") == "there is no certificate in PEM");
  CHECK(charger.refusal(Authority("CN=Else").answer(request, charger.client())) ==
        "it does not lead to an installed root");
  CHECK(charger.refusal(Authority().answer(request, charger.client())) != "");
  Facts facts = charger.client();
  facts.until = "20251231235959";
  CHECK(charger.refusal(charger.root.answer(request, facts)) ==
        "one of its certificates is not in date");
  facts = charger.client();
  facts.purpose = kForServers;
  CHECK(charger.refusal(charger.root.answer(request, facts)) ==
        "it is not for the authentication of a client");
  facts = charger.client();
  facts.name = "CN=SN-2";
  CHECK(charger.refusal(charger.root.answer(request, facts)) ==
        "its common name is not the one that was asked for");
  facts.name = "CN=SN-1,O=Somebody else";
  CHECK(charger.refusal(charger.root.answer(request, facts)) ==
        "its organisation is not the one that was asked for");
  facts = charger.client();
  facts.digest = MBEDTLS_MD_SHA1;
  CHECK(charger.refusal(charger.root.answer(request, facts)) ==
        "it is signed with a digest that is not safe");
  Key another;
  facts = charger.client();
  facts.name = "CN=SN-1,O=Operator\\, Ltd.";
  facts.authority = false;
  CHECK(charger.refusal(certificate(facts, another.context, charger.root.name,
                                    charger.root.key.context)) ==
        "it is for another key than the one that was asked for");
  CHECK(charger.certificates.requested());
  CHECK(!charger.certificates.has_own());
  CHECK(charger.take(charger.root.answer(request, charger.client())) == Taken::Good);
}

TEST_CASE("A chain that is too long, too deep for its authorities, or signed by none is bad") {
  Charger charger;
  const std::string request = charger.ask();
  std::vector<std::unique_ptr<Authority>> chain;
  std::string above;
  const auto add = [&](int path_length) {
    Authority& issuer = chain.empty() ? charger.root : *chain.back();
    chain.push_back(std::make_unique<Authority>("CN=Level " + std::to_string(chain.size())));
    Facts facts;
    facts.name = chain.back()->name;
    facts.path_length = path_length;
    above = certificate(facts, chain.back()->key.context, issuer.name, issuer.key.context) + above;
  };
  add(0);
  CHECK(charger.refusal(chain[0]->answer(request, charger.client()) + above) == "");
  charger.ask();
  add(-1);
  const std::string again = charger.certificates.request_pem();
  CHECK(charger.refusal(chain[1]->answer(again, charger.client()) + above) ==
        "it does not lead to an installed root");
  chain.clear();
  above.clear();
  for (int i = 0; i < 9; ++i) add(-1);
  CHECK(charger.refusal(chain[8]->answer(again, charger.client()) + above) == "it is too long");
  Key leaf;
  Facts no_authority;
  no_authority.name = "CN=Leaf";
  no_authority.authority = false;
  const std::string between = certificate(no_authority, leaf.context, charger.root.name,
                                          charger.root.key.context);
  mbedtls_x509_csr parsed;
  mbedtls_x509_csr_init(&parsed);
  mbedtls_x509_csr_parse(&parsed, reinterpret_cast<const uint8_t*>(again.c_str()),
                         again.size() + 1);
  Facts below = charger.client();
  below.name = "CN=SN-1,O=Operator\\, Ltd.";
  below.authority = false;
  const std::string by_leaf = certificate(below, parsed.pk, "CN=Leaf", leaf.context);
  mbedtls_x509_csr_free(&parsed);
  CHECK(charger.refusal(by_leaf + between) == "it does not lead to an installed root");
}

TEST_CASE("Wherever power goes while a certificate is taken, one is whole and in use") {
  for (int writes = 0; writes < 4; ++writes) {
    Charger charger;
    charger.take(charger.root.answer(charger.ask(), charger.client("A1")));
    const std::string chain = charger.root.answer(charger.ask(), charger.client("A2"));
    charger.drawer.writes_left = writes;
    const bool taken = charger.take(chain) == Taken::Good;
    CHECK(taken == (writes >= 2));
    ChargerCertificates after(charger.drawer, 4);
    CHECK(charger.name() == (taken ? "a2" : "a1"));
    CHECK(after.has_own());
  }
}

TEST_CASE("Without a memory there is no request") {
  Charger charger;
  charger.drawer.writes_left = 0;
  charger.certificates.request("SN-1", "");
  CHECK(!charger.certificates.requested());
  CHECK(std::string(charger.certificates.why()) == "the memory does not take it now");
}

TEST_CASE("Whoever signs firmware is judged by the roots of the manufacturer") {
  Charger charger;
  Authority maker("CN=Maker");
  charger.certificates.install(RootKind::Manufacturer, maker.pem().c_str(), kUtcUs);
  Key key;
  uint8_t found[600];
  const auto judge = [&](const Facts& facts, Authority& by, int capacity = sizeof found) {
    Facts signer = facts;
    signer.name = "CN=Signer";
    signer.authority = false;
    const std::string pem = certificate(signer, key.context, by.name, by.key.context);
    return charger.certificates.signer_key(pem.c_str(), kUtcUs, found, capacity);
  };
  CHECK(judge({}, maker) == 91);  // SubjectPublicKeyInfo of P-256
  CHECK(judge({}, charger.root) == 0);
  CHECK(std::string(charger.certificates.why()) == "it does not lead to an installed root");
  CHECK(judge({}, maker, 90) == 0);
  Facts facts;
  facts.revocation_list = true;
  CHECK(judge(facts, maker) == 0);
  CHECK(std::string(charger.certificates.why()) ==
        "it names a revocation list, which is not fetched");
  facts = {};
  facts.key_usage = MBEDTLS_X509_KU_KEY_ENCIPHERMENT;
  CHECK(judge(facts, maker) == 0);
  CHECK(std::string(charger.certificates.why()) == "its key usage is not to sign");
  CHECK(charger.certificates.signer_key("nothing", kUtcUs, found, sizeof found) == 0);
}
