// mbedTLS: digests, codes of messages, keys and signatures, certificates, authenticated encryption, TLS handshakes.
#ifndef MARTLET_CMBEDTLS_SHIM_H
#define MARTLET_CMBEDTLS_SHIM_H
#include <errno.h>
#include <mbedtls/cipher.h>
#include <mbedtls/constant_time.h>
#include <mbedtls/gcm.h>
#include <mbedtls/md.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <sys/random.h>

// The curve lies behind a union of key types. NULL for the one kind of key that is used here, P-256; else the usual name of what the key
// is, such as RSA or secp384r1.
static inline const char *martlet_other_key(const mbedtls_pk_context *key) {
    if (mbedtls_pk_get_type(key) != MBEDTLS_PK_ECKEY) return mbedtls_pk_get_name(key);
    mbedtls_ecp_group_id group = mbedtls_pk_ec(*key)->grp.id;
    if (group == MBEDTLS_ECP_DP_SECP256R1) return NULL;
    const mbedtls_ecp_curve_info *curve = mbedtls_ecp_curve_info_from_grp_id(group);
    return curve == NULL ? mbedtls_pk_get_name(key) : curve->name;
}

// The system's random numbers, in the form mbedTLS calls. errno is a macro. 0, or an error of mbedTLS.
static inline int martlet_random(void *unused, unsigned char *bytes, size_t count) {
    (void)unused;
    while (count > 0) {
        ssize_t got = getrandom(bytes, count < 256 ? count : 256, 0);
        if (got < 0 && errno != EINTR) return MBEDTLS_ERR_CIPHER_BAD_INPUT_DATA;
        if (got < 0) continue;
        bytes += got;
        count -= (size_t)got;
    }
    return 0;
}

// A new P-256 key. The curve lies behind a union of key types.
static inline int martlet_generate_key(mbedtls_pk_context *key) {
    int result = mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    return result != 0 ? result : mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), martlet_random, NULL);
}

// mbedTLS keeps pointers to these lists, which end with 0. AES-GCM comes first where the processor has instructions for it and something
// makes use of them; else ChaCha20, which mbedTLS 2.28 computes half again as fast even then.
static inline const int *martlet_ciphersuites(bool has_fast_gcm) {
    static const int with_gcm_first[] = {
        MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
        MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_CCM, 0};
    static const int with_chacha_first[] = {
        MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
        MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_CCM, 0};
    return has_fast_gcm ? with_gcm_first : with_chacha_first;
}
static inline const mbedtls_ecp_group_id *martlet_curves(void) {
    static const mbedtls_ecp_group_id curves[] = {MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_NONE};
    return curves;
}
static inline const int *martlet_signature_hashes(void) {
    static const int hashes[] = {MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384, MBEDTLS_MD_SHA512, MBEDTLS_MD_NONE};
    return hashes;
}
#endif
