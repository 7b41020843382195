// Certificates and keys: the cryptography of a charger, and where it keeps them.
#pragma once

#include <stdint.h>

namespace evse::hal {

// Whose signature a root vouches for.
enum class RootKind : uint8_t { Central, Manufacturer };

enum class Digest : uint8_t { Sha256, Sha384, Sha512 };

// What a certificate is told apart by (security whitepaper, certificateHashData): digests of its
// issuer's name in DER, and of the bit string of its issuer's key; hexadecimal in small letters.
// The serial number without leading zeros.
struct CertificateHash {
  char issuer_name[129] = "";
  char issuer_key[129] = "";
  char serial[41] = "";
};

// What becomes of a certificate that is handed over.
enum class Taken : uint8_t {
  Good,
  Bad,     // it cannot be what it is to be: `why()`
  Full,    // no room for another one
  Failed,  // the memory does not take it now, as it may not be written to while charging, or fails
};

// The dates of certificates are judged by the charger's clock, which is handed over each time:
// microseconds since 1970 UTC. Keys are at least RSA of 2048 bits or elliptic curve of 224
// (whitepaper, 2.5). Private keys never leave what implements this.
class Certificates {
 public:
  // --- roots ---

  virtual int roots(RootKind kind) const = 0;
  virtual int most_roots() const = 0;  // of both kinds together
  // `index`: below `roots(kind)`. False: it cannot be read.
  virtual bool root(RootKind kind, int index, Digest digest, CertificateHash& hash) const = 0;
  // Installs one certificate in PEM: an authority that has signed itself, in date. One that is
  // there already is Good.
  virtual Taken install(RootKind kind, const char* pem, int64_t utc_us) = 0;
  // False: the memory does not take it now, or fails.
  virtual bool remove(RootKind kind, int index) = 0;

  // --- the charger's own certificate ---

  virtual bool has_own() const = 0;
  // False: there is none, or nobody knows its issuer.
  virtual bool own(Digest digest, CertificateHash& hash) const = 0;
  // False: there is none.
  virtual bool own_validity(int64_t& from_utc_us, int64_t& until_utc_us) const = 0;

  // Makes, or begins to make, a new key pair and the request for a certificate of it (RFC 2986).
  // Within the call it may take some tenths of a second, so that it is none for a control task.
  // The key survives a restart until it is taken or forgotten.
  virtual void request(const char* common_name, const char* organisation) = 0;
  // A request is under way, or waits for its certificate.
  virtual bool requested() const = 0;
  // The request in PEM, null: not ready yet, or none. Good until the next call of this class.
  virtual const char* request_pem() = 0;
  virtual void forget_request() = 0;

  // Takes a chain in PEM for the key that was requested: to that key, of the common name and the
  // organisation that were requested, for a client, in date, and leading to an installed root of
  // the central system. The one before is kept until `confirm_own`.
  virtual Taken take_own(const char* chain_pem, int64_t utc_us) = 0;
  virtual bool has_previous_own() const = 0;
  virtual void confirm_own() = 0;
  virtual void go_back_to_previous_own() = 0;

  // --- whoever signs firmware ---

  // The key of a signing certificate that leads to an installed root of the manufacturer, as
  // SubjectPublicKeyInfo (DER) into `key`; its size, 0: `why()`. Certificates between follow it in
  // the same text. One that names a revocation list is Bad, as no list is fetched.
  virtual int signer_key(const char* pem, int64_t utc_us, uint8_t* key, int capacity) = 0;

  // What was wrong, for a log; without secrets.
  virtual const char* why() const = 0;

 protected:
  ~Certificates() = default;
};

}  // namespace evse::hal
