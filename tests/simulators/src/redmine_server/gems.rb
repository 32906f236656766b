# The gems of a private Redmine: the package's own list, and what it leaves to the administrator: the database's library and
# a web server. Redmine's list holds them already where another instance or a Gemfile.local of this machine names them.

eval_gemfile '/usr/share/redmine/Gemfile'

named = dependencies.map(&:name)
%w[sqlite3 puma].each { |name| gem name unless named.include?(name) }
