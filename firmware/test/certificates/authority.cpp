#include "authority.h"

#include <mbedtls/oid.h>
#include <mbedtls/x509_csr.h>
#include <string.h>

#include <stdexcept>

namespace bench {

namespace {

struct Random {
  Random() {
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&generator);
    mbedtls_ctr_drbg_seed(&generator, mbedtls_entropy_func, &entropy, nullptr, 0);
  }
  ~Random() {
    mbedtls_ctr_drbg_free(&generator);
    mbedtls_entropy_free(&entropy);
  }
  mbedtls_entropy_context entropy;
  mbedtls_ctr_drbg_context generator;
};

mbedtls_ctr_drbg_context* generator() {
  static Random random;
  return &random.generator;
}

void must(int result) {
  if (result != 0) throw std::runtime_error("mbedTLS: " + std::to_string(result));
}

const uint8_t* bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// A distribution point at http://a/
const std::string kDistributionPoints(
    "\x30\x11\x30\x0F\xA0\x0D\xA0\x0B\x86\x09http://a/", 19);

}  // namespace

const std::string kForClients("\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x02", 12);
const std::string kForServers("\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x01", 12);

Key::Key(mbedtls_ecp_group_id curve) {
  mbedtls_pk_init(&context);
  must(mbedtls_pk_setup(&context, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)));
  must(mbedtls_ecp_gen_key(curve, mbedtls_pk_ec(context), mbedtls_ctr_drbg_random, generator()));
}

std::unique_ptr<Key> Key::rsa(unsigned bits) {
  std::unique_ptr<Key> made(new Key(None{}));
  must(mbedtls_pk_setup(&made->context, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA)));
  must(mbedtls_rsa_gen_key(mbedtls_pk_rsa(made->context), mbedtls_ctr_drbg_random, generator(),
                           bits, 65537));
  return made;
}

std::string certificate(const Facts& facts, mbedtls_pk_context& key, const std::string& issuer,
                        mbedtls_pk_context& issuer_key) {
  mbedtls_x509write_cert writer;
  mbedtls_x509write_crt_init(&writer);
  mbedtls_x509write_crt_set_version(&writer, MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(&writer, facts.digest);
  mbedtls_x509write_crt_set_subject_key(&writer, &key);
  mbedtls_x509write_crt_set_issuer_key(&writer, &issuer_key);
  must(mbedtls_x509write_crt_set_subject_name(&writer, facts.name.c_str()));
  must(mbedtls_x509write_crt_set_issuer_name(&writer, issuer.c_str()));
  must(mbedtls_x509write_crt_set_validity(&writer, facts.from.c_str(), facts.until.c_str()));
  mbedtls_mpi serial;
  mbedtls_mpi_init(&serial);
  must(mbedtls_mpi_read_string(&serial, 16, facts.serial.c_str()));
  must(mbedtls_x509write_crt_set_serial(&writer, &serial));
  mbedtls_mpi_free(&serial);
  must(mbedtls_x509write_crt_set_basic_constraints(&writer, facts.authority ? 1 : 0,
                                                   facts.path_length));
  if (facts.key_usage != 0) must(mbedtls_x509write_crt_set_key_usage(&writer, facts.key_usage));
  const auto extend = [&writer](const char* oid, size_t size, const std::string& value) {
    must(mbedtls_x509write_crt_set_extension(&writer, oid, size, 0, bytes(value), value.size()));
  };
  if (!facts.purpose.empty()) {
    extend(MBEDTLS_OID_EXTENDED_KEY_USAGE, MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE),
           facts.purpose);
  }
  if (facts.revocation_list) extend("\x55\x1D\x1F", 3, kDistributionPoints);
  std::vector<uint8_t> text(8192);
  must(mbedtls_x509write_crt_pem(&writer, text.data(), text.size(), mbedtls_ctr_drbg_random,
                                 generator()));
  mbedtls_x509write_crt_free(&writer);
  return reinterpret_cast<const char*>(text.data());
}

std::string Authority::answer(const std::string& request, Facts facts) {
  mbedtls_x509_csr parsed;
  mbedtls_x509_csr_init(&parsed);
  must(mbedtls_x509_csr_parse(&parsed, bytes(request), request.size() + 1));
  if (facts.name == "CN=Root") {
    char names[256];
    mbedtls_x509_dn_gets(names, sizeof names, &parsed.subject);
    facts.name = names;
  }
  facts.authority = false;
  const std::string pem = certificate(facts, parsed.pk, name, key.context);
  mbedtls_x509_csr_free(&parsed);
  return pem;
}

bool Drawer::read(const char* name, char* text, int capacity) const {
  const auto found = texts.find(name);
  if (found == texts.end() || found->second.size() >= static_cast<size_t>(capacity)) return false;
  memcpy(text, found->second.c_str(), found->second.size() + 1);
  return true;
}

bool Drawer::write(const char* name, const char* text) {
  if (writes_left == 0) return false;
  --writes_left;
  texts[name] = text;
  return true;
}

bool Drawer::erase(const char* name) {
  if (writes_left == 0) return false;
  --writes_left;
  return texts.erase(name) == 1;
}

}  // namespace bench
