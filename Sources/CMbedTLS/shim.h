// mbedTLS: digests, codes of messages, and the verification of signatures.
#ifndef MARTLET_CMBEDTLS_SHIM_H
#define MARTLET_CMBEDTLS_SHIM_H
#include <mbedtls/constant_time.h>
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/sha256.h>

// The curve lies behind a union of key types. NULL for the one kind of key that is used here, P-256; else the usual name of what the key
// is, such as RSA or secp384r1.
static inline const char *martlet_other_key(const mbedtls_pk_context *key) {
    if (mbedtls_pk_get_type(key) != MBEDTLS_PK_ECKEY) return mbedtls_pk_get_name(key);
    mbedtls_ecp_group_id group = mbedtls_pk_ec(*key)->grp.id;
    if (group == MBEDTLS_ECP_DP_SECP256R1) return NULL;
    const mbedtls_ecp_curve_info *curve = mbedtls_ecp_curve_info_from_grp_id(group);
    return curve == NULL ? mbedtls_pk_get_name(key) : curve->name;
}
#endif
