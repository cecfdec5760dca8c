-- Names of the external sources of ids, without a look at every id. 11 is the code of an external id.
CREATE INDEX identifier_source ON identifier (source) WHERE kind = 11;
