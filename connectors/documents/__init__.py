"""Documents: numbered series, folders of design documents, bibliographies; who wrote them and what they cite."""
