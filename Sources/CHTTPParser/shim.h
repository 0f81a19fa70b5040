// http-parser, and what Swift cannot say of it.
#ifndef MARTLET_CHTTPPARSER_SHIM_H
#define MARTLET_CHTTPPARSER_SHIM_H
#include <http_parser.h>

// Bit-fields: their accessors stay in C, where their layout is known.
static inline unsigned martlet_http_errno(const http_parser *parser) { return parser->http_errno; }
static inline unsigned martlet_http_method(const http_parser *parser) { return parser->method; }
static inline unsigned martlet_http_status(const http_parser *parser) { return parser->status_code; }

// The parser stops at a request to upgrade unless its on_headers_complete says that nobody will.
static inline void martlet_http_refuse_upgrade(http_parser *parser) { parser->upgrade = 0; }

// Enums with a fixed meaning, by number.
static inline const char *martlet_http_reason(unsigned status) { return http_status_str((enum http_status)status); }
static inline const char *martlet_http_error_text(unsigned error) { return http_errno_description((enum http_errno)error); }

// Where path and query lie in a URL; an array of unnamed structs is nothing that Swift can import. Returns 0 if it is no URL.
typedef struct martlet_http_url {
    uint16_t path_offset, path_count, query_offset, query_count;
} martlet_http_url;

static inline int martlet_http_parse_url(const char *text, size_t count, martlet_http_url *parts) {
    struct http_parser_url url;
    http_parser_url_init(&url);
    if (http_parser_parse_url(text, count, 0, &url) != 0) return 0;
    parts->path_offset = url.field_data[UF_PATH].off;
    parts->path_count = url.field_data[UF_PATH].len;
    parts->query_offset = url.field_data[UF_QUERY].off;
    parts->query_count = url.field_data[UF_QUERY].len;
    return 1;
}
#endif
