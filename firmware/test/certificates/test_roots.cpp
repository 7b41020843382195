// The installed roots (security whitepaper M03, M04, M05).
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "authority.h"
#include "certificates/charger_certificates.h"

using bench::Authority;
using bench::certificate;
using bench::Drawer;
using bench::Facts;
using bench::Key;
using bench::kUtcUs;
using evse::certificates::ChargerCertificates;
using evse::hal::CertificateHash;
using evse::hal::Digest;
using evse::hal::RootKind;
using evse::hal::Taken;

namespace {

struct Store {
  Taken install(const std::string& pem, RootKind kind = RootKind::Central) {
    return certificates.install(kind, pem.c_str(), kUtcUs);
  }
  // Why a root is refused; empty: it is not.
  std::string refusal(const std::string& pem) {
    return install(pem) == Taken::Bad ? certificates.why() : "";
  }
  Drawer drawer;
  ChargerCertificates certificates{drawer, 4};
};

}  // namespace

TEST_CASE("A root is installed once, beside others, and told by its hashes") {
  Store store;
  Authority first;
  Authority second("CN=Second");
  CHECK(store.install(first.pem()) == Taken::Good);
  CHECK(store.install(second.pem(), RootKind::Manufacturer) == Taken::Good);
  CHECK(store.certificates.roots(RootKind::Central) == 1);
  CHECK(store.certificates.roots(RootKind::Manufacturer) == 1);
  CertificateHash hash;
  CHECK(store.certificates.root(RootKind::Central, 0, Digest::Sha256, hash));
  CHECK(std::string(hash.serial) == "abc");
  // SHA-256 of the DER of CN=Root, as UTF-8: 30 0f 31 0d 30 0b 06 03 55 04 03 0c 04 "Root".
  CHECK(std::string(hash.issuer_name) ==
        "9f6d9be12225bb6a99e732cc40cb661510bc331f9a11b1fc0aa542023c5c86c3");
  CHECK(std::string(hash.issuer_key).size() == 64);
  const std::string key = hash.issuer_key;
  CHECK(store.certificates.root(RootKind::Central, 0, Digest::Sha512, hash));
  CHECK(std::string(hash.issuer_key).size() == 128);
  CHECK(store.certificates.root(RootKind::Central, 0, Digest::Sha384, hash));
  CHECK(std::string(hash.issuer_name).size() == 96);
  CHECK(std::string(hash.issuer_key) != key);
  CHECK(!store.certificates.root(RootKind::Central, 1, Digest::Sha256, hash));
}

TEST_CASE("One that is there already is good, and takes no second place") {
  Store store;
  Authority authority;
  const std::string pem = authority.pem();
  CHECK(store.install(pem) == Taken::Good);
  CHECK(store.install(pem) == Taken::Good);
  CHECK(store.certificates.roots(RootKind::Central) == 1);
}

TEST_CASE("A deleted root is gone, and its place is free again") {
  Store store;
  std::vector<std::string> pems;
  for (const char* name : {"CN=A", "CN=B", "CN=C", "CN=D"}) {
    pems.push_back(Authority(name).pem());
    CHECK(store.install(pems.back()) == Taken::Good);
  }
  CHECK(store.install(Authority("CN=E").pem()) == Taken::Full);
  CHECK(store.install(Authority("CN=E").pem(), RootKind::Manufacturer) == Taken::Full);
  CHECK(store.install(pems[2]) == Taken::Good);
  CHECK(store.certificates.remove(RootKind::Central, 1));
  CHECK(store.certificates.roots(RootKind::Central) == 3);
  CertificateHash hash;
  for (int i = 0; i < 3; ++i) CHECK(store.certificates.root(RootKind::Central, i, {}, hash));
  CHECK(store.install(Authority("CN=E").pem()) == Taken::Good);
  CHECK(!store.certificates.remove(RootKind::Central, 4));
}

TEST_CASE("What cannot be a root is bad") {
  Store store;
  Authority authority;
  CHECK(store.refusal("") == "there is no certificate in PEM");
  CHECK(store.refusal("0\x82") == "there is no certificate in PEM");
  const std::string pem = authority.pem();
  CHECK(store.refusal(pem + pem) == "one certificate is installed at a time");
  Facts facts;
  facts.until = "20251231235959";
  CHECK(store.refusal(authority.pem(facts)) == "it has expired");
  facts = {};
  facts.from = "20260101000001";
  CHECK(store.refusal(authority.pem(facts)) == "it is not valid yet");
  facts = {};
  facts.authority = false;
  CHECK(store.refusal(authority.pem(facts)) == "it is no certificate authority");
  facts = {};
  facts.key_usage = MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
  CHECK(store.refusal(authority.pem(facts)) == "its key usage is not to sign certificates");
  facts = {};
  facts.digest = MBEDTLS_MD_SHA1;
  CHECK(store.refusal(authority.pem(facts)) == "it is signed with a digest that is not safe");
  facts = {};
  facts.serial = std::string(42, 'A');
  CHECK(store.refusal(authority.pem(facts)) == "its serial number is longer than 20 bytes");
  CHECK(store.certificates.roots(RootKind::Central) == 0);
}

TEST_CASE("An authority that somebody else has signed is no root, nor one with a wrong signature") {
  Store store;
  Authority authority;
  Key other;
  const std::string between =
      certificate({}, other.context, "CN=Somebody else", authority.key.context);
  CHECK(store.refusal(between) == "it has not signed itself");
  const std::string forged = certificate({}, other.context, "CN=Root", authority.key.context);
  CHECK(store.refusal(forged) == "its signature is not that of its issuer");
}

TEST_CASE("Keys that are too weak are refused") {
  Store store;
  Key curve(MBEDTLS_ECP_DP_SECP192R1);
  CHECK(store.refusal(certificate({}, curve.context, "CN=Root", curve.context)) ==
        "its key is neither RSA of 2048 bits nor elliptic curve of 224");
  const std::unique_ptr<Key> rsa = Key::rsa(1024);
  CHECK(store.refusal(certificate({}, rsa->context, "CN=Root", rsa->context)) ==
        "its key is neither RSA of 2048 bits nor elliptic curve of 224");
}

TEST_CASE("A text that is cut short or damaged at any place is never taken for another") {
  Store store;
  Authority authority;
  const std::string pem = authority.pem();
  for (size_t size = 0; size + 2 < pem.size(); ++size) {
    CHECK(store.install(pem.substr(0, size)) == Taken::Bad);
  }
  const std::string good_and_cut = pem + pem.substr(0, pem.size() / 2);
  CHECK(store.refusal(good_and_cut) == "a certificate in it cannot be read");
  CHECK(store.install(pem) == Taken::Good);
  for (size_t at = 28; at + 28 < pem.size(); at += 7) {
    std::string damaged = pem;
    damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
    store.install(damaged);
    // Bits that only fill base64 up may be anything: it is the same certificate then.
    CHECK(store.certificates.roots(RootKind::Central) == 1);
  }
}

TEST_CASE("A memory that takes nothing is a failure, and no verdict on the certificate") {
  Store store;
  Authority authority;
  store.drawer.writes_left = 0;
  CHECK(store.install(authority.pem()) == Taken::Failed);
  store.drawer.writes_left = 1;
  CHECK(store.install(authority.pem()) == Taken::Good);
  CHECK(!store.certificates.remove(RootKind::Central, 0));
}
